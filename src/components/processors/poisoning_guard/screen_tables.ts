/** True for the bytes that may stand at one place of a window. */
export type ByteSet = (code: number) => boolean;

/**
 * A short sequence of byte sets. The core, 3 places, is what is looked for at every place of every
 * text, so it should be rare; what stands around it is looked at only where a core was found.
 */
export interface Window {
  /** Up to 2 places. */
  readonly before: readonly ByteSet[];
  /** 3 places. */
  readonly core: readonly ByteSet[];
  /** Up to 3 places. */
  readonly after: readonly ByteSet[];
}

/** A class of code points beyond ASCII, for {@link CodePointClasses}. */
export interface CodePointClass {
  /** What stands for it in a folded text; windows and counted bytes are looked for there. */
  readonly byte: number;
  /** A script, a bit of 0–2, of which a text may have one; letters of ASCII have the script 1. */
  readonly script: number;
  /** True when a text with such a code point must be judged. */
  readonly judged: boolean;
}

/** Which class every code point belongs to. */
export interface CodePointClasses {
  /** At most 16. */
  readonly classes: readonly CodePointClass[];
  /** 4,352 blocks of 256 code points: the place of each in `classOf`, which holds at most 210. */
  readonly blockOf: Uint16Array;
  /** Index of the class by code point, equal blocks being kept once. */
  readonly classOf: Uint8Array;
}

/** What a ruleset needs a screen to look for. */
export interface ScreenTables {
  /**
   * At least one window stands in every well-formed text that a rule matches, but for rules about
   * characters. At most 64, in at most 8 groups: windows whose cores are alike should share one.
   */
  readonly windows: readonly (readonly Window[])[];
  /** The bytes of which a text may have 3 in 10; above that the rule `counted` matches. */
  readonly isCounted: ByteSet;
  /** Made when the first text beyond ASCII comes. */
  readonly codePoints: () => CodePointClasses;
}

const GROUPS_MAX = 8;
const WINDOWS_MAX = 64;
const BEFORE = 2;
const CORE = 3;
const PLACES = 8;

const CODES: readonly number[] = Array.from({ length: 256 }, (_, code) => code);

/**
 * A set of bytes as two tables of 16: a byte is in when the entries of its low and of its high half
 * have a bit in common. Exact while bytes of different high halves differ in at most 8 ways.
 */
export function exactNibbles(set: ByteSet): Uint8Array {
  const table = new Uint8Array(32);
  const bits = new Map<number, number>();
  for (let high = 0; high < 16; high++) {
    const lows = CODES.slice(0, 16).filter((low) => set((high << 4) | low));
    const row = lows.reduce((sum, low) => sum | (1 << low), 0);
    if (row === 0) continue;
    const bit = bits.get(row) ?? 1 << bits.size;
    if (bit > 128) throw new RangeError('too many different rows of counted bytes');
    bits.set(row, bit);
    table[16 + high] = bit;
    for (const low of lows) table[low] = (table[low] as number) | bit;
  }
  return table;
}

/**
 * For each place of the cores two tables of 16, by the low and the high half of a byte: bit g says
 * that a core of group g may have such a byte there. Windows of one group are mixed, halves too.
 */
export function coreNibbles(groups: readonly (readonly Window[])[]): Uint8Array {
  if (groups.length > GROUPS_MAX) throw new RangeError('too many groups of windows');
  const table = new Uint8Array(CORE * 32);
  for (const [group, windows] of groups.entries()) {
    for (const { core } of windows) {
      if (core.length !== CORE) throw new RangeError('a core has 3 places');
      for (const [place, set] of core.entries()) {
        for (const code of CODES.filter(set)) {
          const low = place * 32 + (code & 15);
          const high = place * 32 + 16 + (code >> 4);
          table[low] = (table[low] as number) | (1 << group);
          table[high] = (table[high] as number) | (1 << group);
        }
      }
    }
  }
  return table;
}

/** By place (from 2 before the core) and byte: the windows that may have it there, two words each. */
export function windowBits(groups: readonly (readonly Window[])[]): Uint32Array {
  const windows = groups.flat();
  if (windows.length > WINDOWS_MAX) throw new RangeError('too many windows');
  const table = new Uint32Array(PLACES * 256 * 2);
  for (const [index, { before, core, after }] of windows.entries()) {
    if (before.length > BEFORE || after.length > PLACES - BEFORE - CORE) {
      throw new RangeError('a window is too long');
    }
    const sets = [...before, ...core, ...after];
    for (let place = 0; place < PLACES; place++) {
      const set = sets[place - BEFORE + before.length] ?? (() => true);
      for (const code of CODES.filter(set)) {
        const word = 2 * (place * 256 + code) + (index >> 5);
        table[word] = (table[word] as number) | (1 << (index & 31));
      }
    }
  }
  return table;
}
