import type { HealthStatus, Measure } from '../sdk/index.ts';
import type { DoorBalance } from './door.ts';
import type { BreakerState } from './breaker.ts';
import type { Balance } from './ledger.ts';

export interface ReceiverBooks extends DoorBalance {
  readonly id: string;
}

export interface StageBooks extends Balance {
  readonly id: string;
  readonly measures: readonly Measure[];
}

export interface BranchBooks extends Balance {
  readonly id: string;
  readonly kind: 'regular' | 'divert';
  readonly attempts: number;
  readonly retries: number;
  readonly queue:
    | { readonly size: number; readonly capacity: number; readonly unit: string }
    | undefined;
  readonly breaker: BreakerState;
  readonly carriedOut: number;
  readonly measures: readonly Measure[];
}

export interface PipelineSnapshot extends Balance {
  readonly id: string;
  readonly partiallyDelivered: number;
  readonly stages: readonly StageBooks[];
  readonly branches: readonly BranchBooks[];
}

/** The books of all stages at one instant, and what is wrong with them. Counts of records. */
export interface LedgerSnapshot {
  readonly receivers: readonly ReceiverBooks[];
  readonly pipelines: readonly PipelineSnapshot[];
  /** Records whose sender was told "yes", or cannot be told "no", and that were not delivered. */
  readonly lost: number;
  /** Bytes reserved for what is in flight. */
  readonly inFlightBytes: number;
  /** One sentence per law that does not hold; empty when all hold. */
  readonly audit: readonly string[];
}

/** The books at the end, and the exit code they come to. */
export interface FinalBalance {
  readonly snapshot: LedgerSnapshot;
  /** 0: all delivered or answered for; 3: records lost; 4: books that do not balance. */
  readonly exitCode: 0 | 3 | 4;
}

export interface ComponentHealth {
  readonly kind: 'receiver' | 'processor' | 'exporter' | 'extension' | 'service';
  readonly id: string;
  /** The pipeline of a stage or branch; `undefined` for what all pipelines share. */
  readonly pipeline: string | undefined;
  readonly status: HealthStatus;
  readonly message: string;
  /** Reached only by divert and not used yet: left out of the whole. */
  readonly idle: boolean;
}
