import type { ReasonTable } from '../sdk/index.ts';
import { FAULTS } from './ledger.ts';

/** What may become of a record in a branch, whatever its exporter. Exporters declare more. */
export const BRANCH_REASONS = {
  ...FAULTS,
  queue_full: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'The queue of the branch was full when the record came.',
  },
  overflow: {
    ending: 'dropped',
    told: 'retryable',
    meaning: 'Made room for newer records in a queue with `overflow: drop_oldest`.',
  },
  retries_exhausted: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'The backend did not take the record until retrying was given up, or retry is off.',
  },
  unknown_outcome: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'Sent, but no readable answer came back until retrying was given up.',
  },
  rejected_by_backend: {
    ending: 'failed',
    told: 'rejected',
    meaning: 'The backend refused the record for good.',
  },
  rejected_unattributed: {
    ending: 'failed',
    told: 'accepted',
    meaning:
      'The backend refused so many of a request merged from several senders, without saying which.',
  },
  answer_timeout: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'Withdrawn before it was sent, because its sender was told to send it again.',
  },
  shutdown: {
    ending: 'dropped',
    told: 'retryable',
    meaning: 'Still waiting in memory when the time to drain was over.',
  },
} as const satisfies ReasonTable;

/** Why an arrival was refused at the door: nothing was taken, its sender still owns it. */
export type RefusalReason = 'draining' | 'too_many_in_flight' | 'queue_full' | 'branch_unavailable';

export const REFUSAL_REASONS: readonly RefusalReason[] = [
  'draining',
  'too_many_in_flight',
  'queue_full',
  'branch_unavailable',
];
