import type { ReceiverDoor } from './door.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * Sentences on the laws that do not hold; none when all do.
 *
 * Each ledger balances by itself; what one stage let go, the next must have got. Between stages
 * that wait records may be under way, so that the sums agree exactly only at rest.
 */
export function auditOf(doors: readonly ReceiverDoor[], pipelines: readonly Pipeline[]): string[] {
  const sentences = doors.flatMap((door) => door.audit());
  for (const pipeline of pipelines) {
    const { head, stages, branches } = pipeline;
    const all = [head, ...stages.map((stage) => stage.ledger)];
    for (const ledger of all) sentences.push(...ledger.audit());
    for (const branch of [...branches, ...pipeline.diverts.values()]) {
      sentences.push(...branch.ledger.audit());
    }
    sentences.push(...chainAudit(pipeline));
  }
  return sentences;
}

/** What leaves one ledger enters the next. */
function chainAudit(pipeline: Pipeline): string[] {
  const { head, stages, branches } = pipeline;
  const sentences: string[] = [];
  const atRest = head.inFlight === 0;
  let before = { id: head.id, out: head.submitted };
  const check = (id: string, came: number) => {
    if (atRest ? came === before.out : came <= before.out) return;
    sentences.push(
      `${pipeline.id}: ${before.id} passed on ${before.out} records, ${id} received ${came}`,
    );
  };
  for (const stage of stages) {
    check(stage.id, stage.ledger.submitted);
    before = { id: stage.id, out: stage.ledger.delivered };
  }
  for (const branch of branches) check(branch.id, branch.ledger.submitted);
  const delivered = branches.map((branch) => branch.ledger.delivered);
  if (atRest && head.delivered < Math.max(0, ...delivered)) {
    sentences.push(
      `${pipeline.id}: a branch delivered ${Math.max(...delivered)} records, ` +
        `the head counts ${head.delivered}`,
    );
  }
  return sentences;
}
