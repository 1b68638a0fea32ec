import type { BranchBooks, LedgerSnapshot, PipelineSnapshot } from '../../runtime/index.ts';

/** Books at rest, with what differs from nothing. */
export function testBranch(changes: Partial<BranchBooks> = {}): BranchBooks {
  return {
    id: 'otlp_http',
    kind: 'regular',
    submitted: 0,
    carriedIn: 0,
    delivered: 0,
    failed: { queue_full: 0, rejected_by_backend: 0 },
    dropped: { shutdown: 0 },
    inFlight: 0,
    attempts: 0,
    retries: 0,
    queue: { size: 0, capacity: 1000, unit: 'requests' },
    breaker: 'closed',
    carriedOut: 0,
    measures: [],
    ...changes,
  };
}

export function testPipeline(changes: Partial<PipelineSnapshot> = {}): PipelineSnapshot {
  return {
    id: 'logs',
    submitted: 0,
    carriedIn: 0,
    delivered: 0,
    failed: { queue_full: 0 },
    dropped: { replay: 0 },
    inFlight: 0,
    partiallyDelivered: 0,
    stages: [
      {
        id: 'nonce_dedup',
        submitted: 0,
        carriedIn: 0,
        delivered: 0,
        failed: { unsettled: 0 },
        dropped: { replay: 0 },
        inFlight: 0,
        measures: [{ name: 'nonce_entries', kind: 'gauge', meaning: 'Nonces held.', value: 3 }],
      },
    ],
    branches: [testBranch()],
    ...changes,
  };
}

export function testSnapshot(changes: Partial<LedgerSnapshot> = {}): LedgerSnapshot {
  return {
    receivers: [
      {
        id: 'otlp',
        received: 0,
        refused: { draining: 0, too_many_in_flight: 0, queue_full: 0, branch_unavailable: 0 },
        submitted: 0,
        turnedAway: { undecodable: { requests: 0, bytes: 0 } },
      },
    ],
    pipelines: [testPipeline()],
    lost: 0,
    inFlightBytes: 0,
    audit: [],
    ...changes,
  };
}
