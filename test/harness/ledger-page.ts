/** The books of one stage as `/ledger` shows them. */
export interface Books {
  /** Where it stands in the page, for messages. */
  readonly path: string;
  readonly submitted: number;
  readonly carriedIn: number;
  readonly delivered: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
  readonly inFlight: number;
}

type Json = Readonly<Record<string, unknown>>;

/** A page of `/ledger`. Finds books wherever they stand, so that only their own shape matters. */
export class LedgerPage {
  readonly page: Json;
  readonly stages: readonly Books[];

  constructor(page: unknown) {
    this.page = page as Json;
    this.stages = [...booksIn(page, '')];
  }

  /** The books of the one stage whose path matches. */
  stage(pattern: RegExp | string): Books {
    const found = this.stages.filter(({ path }) =>
      typeof pattern === 'string' ? path.split(/[ >]+/).includes(pattern) : pattern.test(path),
    );
    const [books] = found;
    if (books === undefined || found.length > 1) {
      const paths = this.stages.map(({ path }) => path).join('\n  ');
      throw new Error(`${found.length} stages match ${String(pattern)}; there are\n  ${paths}`);
    }
    return books;
  }

  /** Sentences on books that do not balance, computed here; the page's own are not trusted. */
  audit(): string[] {
    const sum = (counts: Readonly<Record<string, number>>) =>
      Object.values(counts).reduce((total, count) => total + count, 0);
    return this.stages.flatMap((books) => {
      const into = books.submitted + books.carriedIn;
      const out = books.delivered + sum(books.failed) + sum(books.dropped) + books.inFlight;
      return into === out ? [] : [`${books.path}: ${into} in, ${out} accounted for`];
    });
  }
}

function* booksIn(node: unknown, path: string): Generator<Books> {
  if (typeof node !== 'object' || node === null) return;
  const json = node as Json;
  const name = ['pipeline', 'stage', 'branch', 'id']
    .map((key) => json[key])
    .filter((value) => typeof value === 'string')
    .join(' ');
  const here = name === '' ? path : `${path} ${name}`;
  if (typeof json['submitted'] === 'number' && typeof json['delivered'] === 'number') {
    yield {
      path: here.trim(),
      submitted: json['submitted'],
      carriedIn: Number(json['carried_in'] ?? json['carriedIn'] ?? 0),
      delivered: json['delivered'],
      failed: countsOf(json['failed']),
      dropped: countsOf(json['dropped']),
      inFlight: Number(json['in_flight'] ?? json['inFlight'] ?? 0),
    };
  }
  for (const [key, value] of Object.entries(json)) {
    yield* booksIn(value, Array.isArray(node) ? here : `${here} ${key}`);
  }
}

function countsOf(value: unknown): Readonly<Record<string, number>> {
  if (typeof value === 'number') return { all: value };
  return (value ?? {}) as Readonly<Record<string, number>>;
}
