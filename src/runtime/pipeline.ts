import type { Observable, Subscription } from 'rxjs';
import { concatMap, filter, from, map, merge, of } from 'rxjs';
import type { Logger, ReasonTable, RecordSet } from '../sdk/index.ts';
import type { ReceiverDoor } from './door.ts';
import type { Branch, Claim } from './branch.ts';
import { Ledger } from './ledger.ts';
import type { PassageOwner, PipelineBooks } from './passage.ts';
import { Passage } from './passage.ts';
import type { Stage } from './stage.ts';

/** Stages and branches under one id: `logs` or `logs/name`. */
export class Pipeline implements PipelineBooks {
  readonly id: string;
  readonly head: Ledger;
  readonly stages: readonly Stage[];
  /** Branches that get every record that passes the stages. */
  readonly branches: readonly Branch[];
  /** Branches that get only what a stage diverts to them, by exporter id. */
  readonly diverts: ReadonlyMap<string, Branch>;
  readonly #log: Logger;
  readonly #claims = new Map<Passage, readonly Claim[]>();
  #partiallyDelivered = 0;
  #lost = 0;

  constructor(
    id: string,
    parts: {
      stages: readonly Stage[];
      branches: readonly Branch[];
      diverts: ReadonlyMap<string, Branch>;
      reasons: ReasonTable;
      log: Logger;
    },
  ) {
    this.id = id;
    this.#log = parts.log;
    this.head = new Ledger(id, parts.reasons);
    this.stages = parts.stages;
    this.branches = parts.branches;
    this.diverts = parts.diverts;
  }

  get processors() {
    return this.stages.map((stage) => stage.processor);
  }

  /** Records that some branches delivered and others did not. */
  get partiallyDelivered(): number {
    return this.#partiallyDelivered;
  }

  /** Records whose sender was told "yes" or could not be told "no", and that were not delivered. */
  get lost(): number {
    return this.#lost;
  }

  notePartiallyDelivered(count: number): void {
    this.#partiallyDelivered += count;
  }

  noteLost(count: number, reason: string): void {
    this.#lost += count;
    this.#log.error('records were lost', { pipeline: this.id, records: count, reason });
  }

  open(records: RecordSet, owner: PassageOwner): Passage {
    return new Passage(records, this, owner);
  }

  /** Room that the door claimed for the passage, to be given back at the fan-out. */
  entrust(passage: Passage, claims: readonly Claim[]): void {
    this.#claims.set(passage, claims);
  }

  withdraw(passage: Passage): void {
    for (const branch of this.branches) branch.withdraw(passage);
    for (const branch of this.diverts.values()) branch.withdraw(passage);
  }

  /** Hands diverted records to the branch declared for them. */
  divert(to: string, passage: Passage, records: RecordSet): void {
    const branch = this.diverts.get(to);
    if (branch === undefined) throw new TypeError(`no branch ${to} to divert to`);
    branch.submit(passage, records);
  }

  /** The stream of the pipeline. Completes when every door has; never errors. */
  run(doors: readonly ReceiverDoor[]): Subscription {
    const passages = merge(
      ...doors.map((door) => door.admitted.pipe(map((opened) => opened.passages.get(this)))),
    ).pipe(filter((passage) => passage !== undefined));
    return this.stages
      .reduce<Observable<Passage>>((stream, stage) => stream.pipe(through(stage)), passages)
      .subscribe((passage) => this.#fanOut(passage));
  }

  #fanOut(passage: Passage): void {
    const { records } = passage;
    const submits = records.count > 0;
    const claims = this.#claims.get(passage) ?? [];
    this.#claims.delete(passage);
    for (const claim of claims) claim.branch.redeem(claim, submits);
    if (submits) {
      for (const [position, branch] of this.branches.entries()) {
        branch.submit(passage, records, claims[position]?.probe ?? false);
      }
    }
    passage.closeFanOut();
    for (const branch of this.branches) branch.nudge();
  }
}

/**
 * A stage as an operator. `concatMap` keeps the order of batches; it buffers without a bound, so
 * that what may wait here is bounded at the door and nowhere else.
 */
function through(stage: Stage) {
  return concatMap((passage: Passage) => {
    const result = stage.run(passage);
    return result instanceof Promise ? from(result) : of(result);
  });
}
