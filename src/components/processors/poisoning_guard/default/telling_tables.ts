import { keyOf, spread } from './phrase_tables.ts';
import { COMMAND_RULES } from './rules/commands.ts';
import { KNOWN_COMMANDS } from './rules/known_commands.ts';
import { leetLetter } from './views/leet.ts';
import { words } from './views/lexicon.ts';

/** Memory of the kernels that include telling.part.as. */
const LEETS_AT = 10_752;
const LEXICON_AT = 256 * 1024;
const LEXICON_SLOTS = 16_384;
/** What the key of a command has more than that of a word. */
const COMMAND_KEY = 0x8080_8080_8080_8080n;
/** A digit that stands for no letter. */
const OTHER_DIGIT = 1;

/** A word as it is once signs in it are letters. */
function leetKeyOf(word: string): bigint {
  let key = 0n;
  for (let i = 0; i < Math.min(word.length, 8); i++) {
    key |= BigInt(leetLetter(word.charCodeAt(i))) << BigInt(8 * i);
  }
  return key;
}

/**
 * Writes what telling.part.as needs into the memory of a kernel: the letters that bytes stand for, and
 * the first letters of all words of the lexicon and of the names of commands, by an open hash of 128 KiB.
 * `more`: keys that only this kernel asks for. All keys.
 */
export function writeLexicon(bytes: Buffer, more: Iterable<bigint> = []): Iterable<bigint> {
  for (let code = 0; code < 128; code++) {
    const letter = leetLetter(code);
    const isOther = letter === 0 && /[0-9]/.test(String.fromCharCode(code));
    bytes[LEETS_AT + code] = isOther ? OTHER_DIGIT : letter;
  }
  const keys = new Set<bigint>(more);
  for (const word of words) keys.add(keyOf(word)).add(leetKeyOf(word));
  const names = [...KNOWN_COMMANDS, ...COMMAND_RULES.flatMap((rule) => rule.names)];
  for (const name of names) if (/^[a-z]/.test(name)) keys.add(keyOf(name) | COMMAND_KEY);
  if (keys.size > LEXICON_SLOTS / 2) throw new RangeError('too many words');
  for (const key of keys) {
    let slot = Number(spread(key) >> 50n);
    while (bytes.readBigUInt64LE(LEXICON_AT + 8 * slot) !== 0n) slot = (slot + 1) % LEXICON_SLOTS;
    bytes.writeBigUInt64LE(key, LEXICON_AT + 8 * slot);
  }
  return keys;
}
