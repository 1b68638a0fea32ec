import { kernelInstance } from '../../../../../sdk/kernel.ts';

import { addKeyBit, keyOf } from '../phrase_tables.ts';
import { writeLexicon } from '../telling_tables.ts';
import { MODEL_AT, TRIGGERS_AT } from '../text_memory.ts';
import type { TextMemory } from '../text_memory.ts';
import { beforeCommand, commandsWithVerbs } from './command_names.ts';
import { BASE64 } from './digits.ts';
import { isRuleWord, isSmallWord, isStrongWord, WORD_LENGTH_MAX, words } from './lexicon.ts';
import { outsideByte } from './outside_bytes.ts';
import { isWordUnit } from './shell.ts';
import { KERNEL } from './triggers.kernel.wasm.ts';

/** The memory of the kernel from `TRIGGERS_AT` on, as in triggers.kernel.as. */
const ROW_AT = 1024;
const DIGITS_AT = 1056;
const SEPARATORS_AT = 1072;
const SIGNS_AT = 1088;
const MARKS_AT = 1104;
const JOINTS_AT = 1120;
const KIND_AT = 2048;
const VALUES_AT = 2304;
const IS_PLACE_AT = 2560;
const IS_UNIT_AT = 2816;
const VERBS_AT = 4096;
const SPOKEN_AT = 12 * 1024;
const PLACES_AT = 16 * 1024;
const PLACES_MAX = 6000;
const PLAIN_AT = 64 * 1024;
const UNITS_AT = 128 * 1024;
const UNITS_MAX = 16 * 1024;
const LEXICON_BITS_AT = 192 * 1024;

/** Bytes that are told apart, by their kinds: numbers as in the kernel, in their order. */
const KINDS = ['', '%', '&', '\\', '<', '#', '$', '{', '=', '\'"`^', '*~'];
/** Kinds that are looked at whatever stands around. */
const MARK_KINDS = 7;
const RULED_KEY = 0x80n;
const SPEAKING_KEY = 0x8000n;
const WORD_MAX = 17;
const VERB_MAX = 9;

/** What a place may be; the numbers are those of the kernel. */
export const PLACE = {
  outside: 1,
  escape: 2,
  tag: 3,
  link: 4,
  dollar: 5,
  brace: 6,
  backslash: 7,
  /** An underscore that stands for a blank. */
  blank: 8,
  /** A command with its options. */
  command: 9,
  /** A command joined to something. */
  pair: 10,
  /** A hyphen in a word. */
  broken: 11,
  /** The first of some words with the same connector between them. */
  chain: 12,
  leet: 13,
  quote: 14,
  star: 15,
  /** Letters set apart, enough of them. */
  spaced: 16,
  /** The first digit of a run. */
  run: 17,
  /** A line break between lines of one word each. */
  lines: 18,
} as const;

interface Kernel {
  readonly begin: (length: number) => void;
  readonly scan: (max: number) => number;
  readonly isUnread: () => number;
  readonly narrow: (offset: number, units: number) => void;
}

/**
 * Finds the places of a text at which a check has to look closer, 64 characters at a time: all at which it
 * would find something, and few others. Places of one kind are in their order. Not to be entered twice
 * at once, and no other text to be loaded meanwhile.
 */
export class TriggerPlaces {
  readonly #memory: TextMemory;
  readonly #kernel: Kernel;
  /** All of the memory when {@link list} was taken. */
  #bytes: Buffer;
  /** Offset and kind of each place listed. */
  list: Uint32Array;
  /** What the memory counted when the text was loaded. */
  #loads = -1;

  /** `memory`: of these alone, among triggers. */
  constructor(memory: TextMemory) {
    this.#memory = memory;
    this.#kernel = kernelInstance(KERNEL, memory.memory);
    const tables = this.#tables();
    writeSets(tables);
    writeWords(tables);
    for (let unit = 0; unit < 65_536; unit++) tables[PLAIN_AT + unit] = outsideByte(unit);
    this.#bytes = memory.bytes;
    this.list = listIn(memory.bytes);
  }

  #tables(): Buffer {
    return this.#memory.bytes.subarray(TRIGGERS_AT, MODEL_AT);
  }

  /** Begins a text. */
  load(text: string): void {
    if (!this.#memory.load(text)) this.#narrow(text);
    this.#begin(text.length);
  }

  /** Begins a text that stands in `bytes`, when it is ASCII. */
  loadAscii(bytes: Uint8Array): boolean {
    if (!this.#memory.loadBytes(bytes)) return false;
    this.#begin(bytes.length);
    return true;
  }

  #begin(length: number): void {
    const { bytes, loads } = this.#memory;
    this.#loads = loads;
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.list = listIn(bytes);
    }
    this.#kernel.begin(length);
  }

  #narrow(text: string): void {
    const tables = this.#tables();
    for (let from = 0; from < text.length; from += UNITS_MAX) {
      const piece = text.slice(from, from + UNITS_MAX);
      tables.write(piece, UNITS_AT, 2 * piece.length, 'utf16le');
      this.#kernel.narrow(from, piece.length);
    }
  }

  /** Lists further places, about `max` of them; how many. More are to come while {@link isUnread}. */
  next(max: number): number {
    return this.#kernel.scan(max);
  }

  /** False when another text has been loaded since: then no further places can be listed. */
  get isLoaded(): boolean {
    return this.#loads === this.#memory.loads;
  }

  get isUnread(): boolean {
    return this.#kernel.isUnread() !== 0;
  }
}

const listIn = ({ buffer }: Buffer): Uint32Array =>
  new Uint32Array(buffer, TRIGGERS_AT + PLACES_AT, 2 * PLACES_MAX);

function addTo(bytes: Buffer, tableAt: number, units: string): void {
  for (let i = 0; i < units.length; i++) {
    const at = tableAt + (units.charCodeAt(i) & 15);
    bytes[at] = (bytes[at] as number) | (1 << (units.charCodeAt(i) >> 4));
  }
}

function writeSets(bytes: Buffer): void {
  for (let row = 0; row < 8; row++) bytes[ROW_AT + row] = 1 << row;
  for (const [kind, units] of KINDS.entries()) {
    if (kind <= MARK_KINDS) addTo(bytes, MARKS_AT, units);
    for (let i = 0; i < units.length; i++) bytes[KIND_AT + units.charCodeAt(i)] = kind;
  }
  addTo(bytes, SEPARATORS_AT, ' .-_*|/,+~\t');
  addTo(bytes, SIGNS_AT, '0134579@$!');
  addTo(bytes, JOINTS_AT, '\'"`^*~-_+');
  bytes.fill(255, VALUES_AT, VALUES_AT + 256);
  for (let unit = 0; unit < 128; unit++) {
    const value = BASE64[unit] as number;
    if (value >= 0) {
      addTo(bytes, DIGITS_AT, String.fromCharCode(unit));
      bytes[VALUES_AT + unit] = value;
    }
    bytes[IS_PLACE_AT + unit] = beforeCommand[unit] as number;
    bytes[IS_UNIT_AT + unit] = Number(isWordUnit(unit));
  }
}

function writeWords(bytes: Buffer): void {
  if (WORD_LENGTH_MAX > WORD_MAX) throw new RangeError('the kernel knows no words so long');
  const keys: bigint[] = [];
  for (const [number, word] of words.entries()) {
    if (isRuleWord(number) && word.length > 3) keys.push(keyOf(word) | RULED_KEY);
    if (isSmallWord(number) || isStrongWord(number)) keys.push(keyOf(word) | SPEAKING_KEY);
  }
  for (const key of writeLexicon(bytes, keys)) addKeyBit(bytes, LEXICON_BITS_AT, key);
  for (const name of commandsWithVerbs) {
    if (name.length > VERB_MAX) throw new RangeError('the kernel knows no commands so long');
    addFirst(bytes, VERBS_AT, name);
  }
  for (const [number, word] of words.entries()) {
    const isSpoken = isSmallWord(number) || isStrongWord(number) || isRuleWord(number);
    if (isSpoken && word.length > 2) addFirst(bytes, SPOKEN_AT, word);
  }
}

/** Adds the first three letters of a word to a table by two letters; all third ones to a word of two. */
function addFirst(bytes: Buffer, tableAt: number, word: string): void {
  const [first = 0, second = 0, third = 0] = Array.from(word, (unit) => unit.charCodeAt(0) & 31);
  const at = tableAt + 4 * ((first << 5) + second);
  const thirds = word.length > 2 ? 1 << third : -1;
  bytes.writeInt32LE(bytes.readInt32LE(at) | thirds, at);
}
