// Rules of phrases, followed through a text by the offsets of words alone, in AssemblyScript; part of the
// kernel of the phrases. Each step remembers where its nearest beginning stands, so that a word costs one
// comparison for each step that waits for it, however many words there are. What the tables hold:
// step_tables.ts.

// Before everything, and further away than any window.
const NOWHERE: i32 = -(1 << 29);
const APART: i32 = 4096; // between two texts: more than any window
const PLACES_MAX: i32 = 1 << 29;

const STOP: u8 = 0xfd; // the byte of an ideographic full stop

let steps: usize = 0; // by step: the one before or -1, 1 when both stand in a sentence, the rule or -1; 4 bytes each
let states: usize = 0; // by step: where its chain begins, and where its word ends; counted from `base` on
let statesEnd: usize = 0;
/** Where the text begins, far behind the one before it: its places then mean nothing any more. */
let base: i32 = PLACES_MAX;

// What was read for ends of sentences, and the last of them.
let readFrom: usize = 0;
let readTo: usize = 0;
let lastBreak: usize = 0;

/** Begins a new text; `before`: the length of the last one. */
function openSteps(before: usize, length: usize): void {
  base += <i32>before + APART;
  if (base + <i32>length > PLACES_MAX) {
    for (let at = states; at < statesEnd; at += 4) store<i32>(at, NOWHERE);
    base = 0;
  }
  readFrom = 0;
  readTo = 0;
  lastBreak = 0;
}

/** A word stands in `[start, end)` of the memory, for which the steps of this list wait. */
function follow(list: usize, start: usize, end: usize): void {
  const here = base + <i32>(start - text);
  const firsts = list + 8 + <usize>load<u32>(list);
  for (let at = list + 8; at < firsts; at += 12) {
    const gap = here - load<i32>(<usize>load<u32>(at));
    // Almost always so: one comparison for each step that waits.
    if (<u32>gap > load<u32>(at, 4)) continue;
    goOn(load<u32>(at, 8), start, end);
  }
  const listEnd = firsts + <usize>load<u32>(list, 4);
  for (let at = firsts; at < listEnd; at += 4) step(load<u32>(at), here, start, end);
}

/** The step before stands near enough. */
function goOn(slot: u32, start: usize, end: usize): void {
  const facts = steps + <usize>slot * 12;
  const before = states + (<usize>load<u32>(facts) << 3);
  const since = text + <usize>(load<i32>(before, 4) - base);
  if (load<i32>(facts, 4) == 1 && sentenceEnds(since, start)) return;
  const from = load<i32>(before);
  // What comes later belongs to the next chain.
  if (load<i32>(facts, 8) >= 0) store<i32>(before, NOWHERE, 4);
  step(slot, from, start, end);
}

// @ts-ignore: decorator
@inline
function step(slot: u32, from: i32, start: usize, end: usize): void {
  const rule = load<i32>(steps + <usize>slot * 12, 8);
  if (rule >= 0) {
    event(<u32>rule, <u32>(from - base), <u32>(end - text));
    return;
  }
  const state = states + (<usize>slot << 3);
  // Of words that overlap the one that ends first leaves most to the steps to come.
  if (load<i32>(state, 4) > base + <i32>(start - text)) return;
  store<i32>(state, from);
  store<i32>(state, base + <i32>(end - text), 4);
}

/** True when a sentence ends in `[from, to)`. What was read for the answers before is not read again. */
function sentenceEnds(from: usize, to: usize): bool {
  if (from > readTo) {
    readFrom = from;
    readTo = from;
  }
  for (; readTo < to; readTo++) if (isSentenceEnd(readTo)) lastBreak = readTo;
  for (; readFrom > from && lastBreak < readFrom; readFrom--) {
    if (isSentenceEnd(readFrom - 1)) lastBreak = readFrom - 1;
  }
  return lastBreak >= from;
}

// @ts-ignore: decorator
@inline
function isBlank(at: usize): bool {
  return foldedAt(at) == BLANK;
}

/** True when a sentence ends here, or a text in a list of texts, or a statement of a program. */
function isSentenceEnd(at: usize): bool {
  const byte = load<u8>(at);
  if (byte == 0x2e || byte == 0x21 || byte == 0x3f) return isBlank(at + 1);
  if (byte == 0x7d) return load<u8>(at + 1) == 0x3b;
  if (byte != 0x22) return byte == STOP;
  const comma = isBlank(at + 1) ? at + 2 : at + 1;
  if (load<u8>(comma) != 0x2c) return false;
  if (!isBlank(comma + 1)) return load<u8>(comma + 1) == 0x22;
  return comma == at + 1 || load<u8>(comma + 2) == 0x22;
}
