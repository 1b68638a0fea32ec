import type { PhraseSteps } from './phrase_steps.ts';
import type { Word } from './tokens.ts';

const TOKEN_BYTES = 8;
const STEP_BYTES = 12;
const STATE_BYTES = 8;
/** Of a list, before its entries: how many bytes of later steps and of first ones. */
const LIST_HEAD = 8;
const LATER_BYTES = 12;
const FIRST_BYTES = 4;

/** Where steps.part.as finds what {@link stepTables} wrote. */
export interface StepPlaces {
  readonly tokensAt: number;
  readonly stepsAt: number;
  readonly statesAt: number;
  readonly statesEnd: number;
}

export interface StepTables {
  readonly places: StepPlaces;
  /** What is to stand from {@link StepPlaces.tokensAt} on. */
  readonly bytes: Buffer;
}

/**
 * Words, by their numbers, and the steps of rules that wait for them, as steps.part.as reads them at `at`.
 * Words for which the same steps wait share a list.
 */
export function stepTables(steps: PhraseSteps, words: readonly Word[], at: number): StepTables {
  const tokensAt = at;
  const stepsAt = tokensAt + TOKEN_BYTES * words.length;
  const statesAt = stepsAt + STEP_BYTES * steps.list.length;
  const statesEnd = statesAt + STATE_BYTES * steps.list.length;
  const head = Buffer.alloc(statesEnd - at);
  for (const [number, { before, inSentence, rule }] of steps.list.entries()) {
    const to = stepsAt - at + STEP_BYTES * number;
    head.writeInt32LE(before, to);
    head.writeInt32LE(inSentence ? 1 : 0, to + 4);
    head.writeInt32LE(rule, to + 8);
  }
  const lists = new Map<string, number>();
  const parts: Buffer[] = [head];
  let end = statesEnd;
  for (const [number, { steps: waiting, marks }] of words.entries()) {
    head.writeUInt32LE(marks, TOKEN_BYTES * number + 4);
    if (waiting.length === 0) continue;
    const key = waiting.join(' ');
    const known = lists.get(key);
    head.writeUInt32LE(known ?? end, TOKEN_BYTES * number);
    if (known !== undefined) continue;
    lists.set(key, end);
    const part = listOf(steps, waiting, statesAt);
    parts.push(part);
    end += part.length;
  }
  return { places: { tokensAt, stepsAt, statesAt, statesEnd }, bytes: Buffer.concat(parts) };
}

/** Of later steps where the end of the step before is kept, their window and their number; then first ones. */
function listOf(steps: PhraseSteps, waiting: readonly number[], statesAt: number): Buffer {
  const facts = waiting.map((number) => ({ number, ...(steps.list[number] ?? NOWHERE) }));
  const later = facts.filter(({ before }) => before >= 0);
  const first = facts.filter(({ before }) => before < 0);
  const laterBytes = LATER_BYTES * later.length;
  const firstBytes = FIRST_BYTES * first.length;
  const list = Buffer.alloc(LIST_HEAD + laterBytes + firstBytes);
  let to = list.writeUInt32LE(laterBytes, 0);
  to = list.writeUInt32LE(firstBytes, to);
  for (const { before, within, number } of later) {
    to = list.writeUInt32LE(statesAt + STATE_BYTES * before + 4, to);
    to = list.writeUInt32LE(within, to);
    to = list.writeUInt32LE(number, to);
  }
  for (const { number } of first) to = list.writeUInt32LE(number, to);
  return list;
}

const NOWHERE = { before: -1, within: 0 };
