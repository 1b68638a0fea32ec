/** What one case came to. A skipped one says why. */
export type CaseResult =
  | { readonly name: string; readonly kind: 'passed' }
  | { readonly name: string; readonly kind: 'failed'; readonly detail: string }
  | { readonly name: string; readonly kind: 'skipped'; readonly detail: string };

/** Runs the cases of one parsed file, in order. `text` is the file as it stands. */
export type Suite = (
  file: Json,
  text: string,
) => AsyncGenerator<CaseResult> | Generator<CaseResult>;

/** Parsed JSON whose members a suite reads as its schema says. */
export interface Json {
  readonly [key: string]: unknown;
}

/** The members of a list of objects; none when it is not there. */
export function list(json: Json, key: string): readonly Json[] {
  const value = json[key];
  return Array.isArray(value) ? (value as Json[]) : [];
}

export function text(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== 'string') throw new Error(`${key} is not a text`);
  return value;
}

export function number(json: Json, key: string): number {
  const value = json[key];
  if (typeof value !== 'number') throw new Error(`${key} is not a number`);
  return value;
}

export function object(json: Json, key: string): Json {
  const value = json[key];
  if (typeof value !== 'object' || value === null) throw new Error(`${key} is not an object`);
  return value as Json;
}

export function skipped(name: string, detail: string): CaseResult {
  return { name, kind: 'skipped', detail };
}

/** The name of a case: its id and class, as far as it has them. */
export function nameOf(group: string, item: Json, index: number): string {
  const id = typeof item['id'] === 'string' ? item['id'] : `${group}[${index}]`;
  const label = item['class'] ?? item['name'];
  return typeof label === 'string' ? `${id} ${label}` : id;
}

/** Runs `check` for each case that counts; a thrown error fails the case, and only it. */
export async function* each(
  group: string,
  cases: readonly Json[],
  check: (item: Json) => unknown,
): AsyncGenerator<CaseResult> {
  for (const [index, item] of cases.entries()) {
    const name = nameOf(group, item, index);
    if (item['conformance'] === 'reference_quirk') {
      yield skipped(name, 'what the reference does, not what is right');
      continue;
    }
    try {
      const outcome = await check(item);
      yield outcome instanceof Skip ? skipped(name, outcome.reason) : { name, kind: 'passed' };
    } catch (error) {
      yield {
        name,
        kind: 'failed',
        detail: error instanceof Error ? error.message : String(error),
      };
    }
  }
}

/** Returned by a check for a case that says nothing to compare with. */
export class Skip {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Fails the case unless both are the same JSON. */
export function same(what: string, actual: unknown, expected: unknown): void {
  const [left, right] = [stable(actual), stable(expected)];
  if (left !== right) throw new Error(`${what}: ${left} instead of ${right}`);
}

/** True when the call throws. */
export function throws(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch {
    return true;
  }
}

function stable(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === 'bigint') return `${member}n`;
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    const entries = Object.entries(member);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
