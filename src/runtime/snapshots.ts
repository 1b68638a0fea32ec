import type { Admission } from './admission.ts';
import type { ReceiverDoor } from './door.ts';
import type { Branch } from './branch.ts';
import type { Pipeline } from './pipeline.ts';
import type { BranchBooks, LedgerSnapshot, PipelineSnapshot } from './snapshot.ts';

/** The books of everything, read at one instant: nothing here waits. */
export function snapshotOf(
  doors: readonly ReceiverDoor[],
  pipelines: readonly Pipeline[],
  admission: Admission,
  audit: readonly string[],
): LedgerSnapshot {
  const lost = [...doors, ...pipelines].reduce((sum, part) => sum + part.lost, 0);
  return {
    receivers: doors.map((door) => ({ id: door.id, ...door.balance() })),
    pipelines: pipelines.map(pipelineSnapshot),
    lost,
    inFlightBytes: admission.bytes,
    audit,
  };
}

function pipelineSnapshot(pipeline: Pipeline): PipelineSnapshot {
  return {
    id: pipeline.id,
    ...pipeline.head.balance(),
    partiallyDelivered: pipeline.partiallyDelivered,
    stages: pipeline.stages.map((stage) => ({
      id: stage.id,
      ...stage.ledger.balance(),
      measures: stage.processor.measures?.() ?? [],
    })),
    branches: [...pipeline.branches, ...pipeline.diverts.values()].map(branchBooks),
  };
}

function branchBooks(branch: Branch): BranchBooks {
  const { queue } = branch;
  return {
    id: branch.id,
    kind: branch.kind,
    ...branch.ledger.balance(),
    attempts: branch.attempts,
    retries: branch.retries,
    queue:
      queue === undefined
        ? undefined
        : { size: queue.size, capacity: queue.capacity, unit: queue.unit },
    breaker: branch.breakerState,
    // Nothing is carried over a restart before there is a persistent queue.
    carriedOut: 0,
    measures: branch.measures(),
  };
}
