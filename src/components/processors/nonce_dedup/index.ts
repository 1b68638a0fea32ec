import { duration, NONCE_ATTRIBUTES, z } from '../../../sdk/index.ts';
import type { ProcessorDefinition, ReasonTable } from '../../../sdk/index.ts';

/** Attribute names in the order they are looked for; the first one present counts. */
function names(defaults: readonly string[]) {
  return z
    .array(z.string().min(1).max(255))
    .max(16)
    .default([...defaults]);
}

const schema = z.strictObject({
  window: duration('5m')
    .refine((ms) => ms >= 1 && ms <= 604_800_000, 'must lie between 1ms and 168h')
    .describe('How old a chosen nonce may be, and how long a nonce is remembered.'),
  skew: duration('60s')
    .refine((ms) => ms <= 86_400_000, 'must not exceed 24h')
    .describe('How far ahead of this clock the time of a chosen nonce may be.'),
  max_nonces: z
    .int()
    .min(1)
    .max(100_000_000)
    .default(4_000_000)
    .describe('Most nonces remembered; when full, records are refused (retryable).'),
  on_missing: z
    .enum(['reject', 'derive', 'pass'])
    .default('reject')
    .describe('A record without a nonce; `derive`: named by its request and its place in it.'),
  strict: z
    .boolean()
    .default(false)
    .describe('Time tests apply to every record, not only to `countersign.nonce`.'),
  nonce: names(NONCE_ATTRIBUTES)
    .refine((list) => list.length > 0, 'must name at least one attribute')
    .describe('Record attributes that may hold the nonce; the first one present counts.'),
  time: names(['countersign.time_ms', 'timeUnixNano']).describe(
    'Where the time (integer ms) of a chosen nonce stands; `timeUnixNano` is the field.',
  ),
  sender: names(['countersign.sender', 'agt.agent.id', 'audit.actor.id']).describe(
    'Record attributes that may name the sender; nonces of two senders never meet.',
  ),
});

export type NonceDedupConfig = z.output<typeof schema>;

export type NonceDedupReason =
  | 'duplicate'
  | 'nonce_conflict'
  | 'nonce_missing'
  | 'nonce_invalid'
  | 'time_invalid'
  | 'stale'
  | 'future'
  | 'restart_guard'
  | 'in_progress'
  | 'nonce_store_full'
  | 'clock_unsettled';

/** Every way in which a record does not pass. What would fail again in the same way is `rejected`. */
export const REASONS: ReasonTable<NonceDedupReason> = {
  duplicate: {
    ending: 'dropped',
    told: 'accepted',
    meaning:
      'The same record under the same nonce was delivered, or stands earlier in the request.',
  },
  nonce_conflict: {
    ending: 'dropped',
    told: 'rejected',
    meaning:
      'Another record was taken under this nonce: a replay, or a sender that repeats nonces.',
  },
  nonce_missing: {
    ending: 'dropped',
    told: 'rejected',
    meaning: 'The record has no nonce, and `on_missing` is `reject`.',
  },
  nonce_invalid: {
    ending: 'dropped',
    told: 'rejected',
    meaning: 'The nonce is not a string of 1 to 256 bytes, or the sender is longer than that.',
  },
  time_invalid: {
    ending: 'dropped',
    told: 'rejected',
    meaning: 'The time is missing or not an integer number of milliseconds between 2000 and 2100.',
  },
  stale: {
    ending: 'dropped',
    told: 'rejected',
    meaning: 'The time lies further back than `window`.',
  },
  future: {
    ending: 'dropped',
    told: 'rejected',
    meaning: 'The time lies further ahead than `skew`; check the clocks of sender and daemon.',
  },
  restart_guard: {
    ending: 'dropped',
    told: 'rejected',
    meaning:
      'The nonce may have been used and forgotten: it is older than this process, or than what the store remembers since the clock was set back.',
  },
  in_progress: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'A record under this nonce came with another request and has not ended yet.',
  },
  nonce_store_full: {
    ending: 'failed',
    told: 'retryable',
    meaning: '`max_nonces` are remembered; nothing was stored for this record.',
  },
  clock_unsettled: {
    ending: 'failed',
    told: 'retryable',
    meaning: 'The wall clock was stepped and has not run steadily for 5 s yet; time tests wait.',
  },
};

/** The definition; the stage itself is loaded when a pipeline uses it. */
export const nonceDedup: ProcessorDefinition<NonceDedupConfig, NonceDedupReason> = {
  kind: 'processor',
  type: 'nonce_dedup',
  stability: 'beta',
  summary: 'Recognises records that come again: retries are duplicates, replays are refused.',
  schema,
  reasons: REASONS,
  example: `window: 5m
skew: 60s
max_nonces: 4000000
# Records of an SDK that sets no nonce are recognised when their request is sent again.
on_missing: derive
`,
  create: async (config, host) => (await import('./processor.ts')).createNonceDedup(config, host),
};
