/** The books of one stage, branch or pipeline as `/ledger` shows them. */
export interface Books {
  readonly id: string;
  readonly submitted: number;
  readonly carriedIn: number;
  readonly delivered: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly inFlight: number;
}

/** The books of a receiver: what came to the door. */
export interface DoorBooks {
  readonly id: string;
  readonly received: number;
  readonly submitted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly turnedAway: Readonly<Record<string, { requests: number; bytes: number }>>;
}

interface PipelineBooks extends Books {
  readonly partiallyDelivered: number;
  readonly stages: readonly Books[];
  readonly branches: readonly (Books & { readonly attempts: number; readonly retries: number })[];
}

interface Page {
  readonly receivers: readonly DoorBooks[];
  readonly pipelines: readonly PipelineBooks[];
  readonly lost: number;
  readonly inFlightBytes: number;
  readonly audit: readonly string[];
}

/** Books with everything that is 0 left out, so that a test can name exact numbers and no more. */
export interface Summary {
  readonly [heading: string]: number;
}

/** A page of `/ledger`. */
export class LedgerPage {
  readonly page: Page;

  constructor(page: unknown) {
    this.page = page as Page;
  }

  pipeline(id = 'logs'): PipelineBooks {
    return found(this.page.pipelines, id);
  }

  stage(id: string, pipeline = 'logs'): Books {
    return found(this.pipeline(pipeline).stages, id);
  }

  branch(id: string, pipeline = 'logs') {
    return found(this.pipeline(pipeline).branches, id);
  }

  door(id = 'otlp'): DoorBooks {
    return found(this.page.receivers, id);
  }

  /**
   * Sentences on what does not balance: the page's own, and the same sums done here, since an audit
   * that is wrong says nothing.
   */
  audit(): string[] {
    const sentences = [...this.page.audit];
    for (const pipeline of this.page.pipelines) {
      for (const books of [pipeline, ...pipeline.stages, ...pipeline.branches]) {
        const into = books.submitted + books.carriedIn;
        const out = books.delivered + sum(books.failed) + sum(books.dropped) + books.inFlight;
        if (into !== out) sentences.push(`${pipeline.id} ${books.id}: ${into} in, ${out} out`);
      }
    }
    for (const door of this.page.receivers) {
      const known = sum(door.refused) + door.submitted;
      if (door.received !== known) sentences.push(`${door.id}: ${door.received} is not ${known}`);
    }
    return sentences;
  }

  /** True when nothing is on the way any more. */
  get atRest(): boolean {
    return this.page.pipelines.every((pipeline) =>
      [pipeline, ...pipeline.stages, ...pipeline.branches].every(({ inFlight }) => inFlight === 0),
    );
  }
}

/** The numbers of some books that are not 0, reasons by their names. */
export function summary(books: Books): Summary {
  const { submitted, delivered, inFlight, failed, dropped } = books;
  const all = { submitted, delivered, inFlight, ...failed, ...dropped };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count !== 0));
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function found<T extends { readonly id: string }>(items: readonly T[], id: string): T {
  const item = items.find((candidate) => candidate.id === id);
  if (item === undefined) throw new Error(`no ${id}; there are ${items.map((i) => i.id).join()}`);
  return item;
}
