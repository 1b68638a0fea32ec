/** The rulesets under one face: what each says of a text, and of a record in parts. */
import { scanText } from '../../src/components/processors/poisoning_guard/guard.ts';

export type Judgement = 'allow' | 'flag' | 'block';

/** The parts of a record that a structural variant carries. */
export interface RecordParts {
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Engine {
  readonly name: string;
  /** The least that counts as found: the reference writes `medium` for mere punctuation. */
  readonly alarm: 'flag' | 'block';
  /** `source`: where the text comes from; a cross-validated engine has not seen that source. */
  judge(text: string, source?: string, within?: boolean): Judgement;
  /** Of a record in parts. */
  judgeRecord(record: RecordParts, source?: string): Judgement;
}

const STRENGTH: Readonly<Record<Judgement, number>> = { allow: 0, flag: 1, block: 2 };

export function strongest(judgements: Iterable<Judgement>): Judgement {
  let found: Judgement = 'allow';
  for (const judgement of judgements) if (STRENGTH[judgement] > STRENGTH[found]) found = judgement;
  return found;
}

/** Blocked: a rule of high or critical; flagged: any of medium or more. */
export const referenceEngine: Engine = {
  name: 'reference',
  alarm: 'block',
  judge(text) {
    const severities = scanText(text).map(({ severity }) => severity);
    if (severities.some((severity) => severity === 'high' || severity === 'critical')) {
      return 'block';
    }
    return severities.includes('medium') ? 'flag' : 'allow';
  },
  judgeRecord(record) {
    return strongest([...stringsOfRecord(record)].map((text) => this.judge(text)));
  },
};

/** Every string of a value, keys too, and the strings of siblings joined with nothing and a blank. */
export function* stringsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (value !== '') yield value;
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const values: unknown[] = Array.isArray(value) ? value : Object.values(value);
  if (!Array.isArray(value)) yield* Object.keys(value);
  for (const inner of values) yield* stringsOf(inner);
  const siblings = values.filter((inner) => typeof inner === 'string');
  if (siblings.length > 1) yield* [siblings.join(' '), siblings.join('')];
}

/** As {@link stringsOf}; the body is a sibling of the attributes. */
export function stringsOfRecord({ body, attributes }: RecordParts): Generator<string> {
  return stringsOf({ body, ...attributes });
}

/** Whether a judgement counts as found. */
export function isAlarm({ alarm }: Engine, judgement: Judgement): boolean {
  return STRENGTH[judgement] >= STRENGTH[alarm];
}
