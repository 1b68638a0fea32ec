import { TRIGGER } from './trigger_bits.ts';

/** The bits of {@link TRIGGER} that give reason to read this text differently; 0 for most. */
export function triggersOf(text: string): number {
  let bits = 0;
  if (/[^\x00-\x7f]/.test(text)) bits |= TRIGGER.unicode;
  if (/%[0-9a-fu]|&[#a-z]|\\|=[0-9a-f]{2}/i.test(text)) bits |= TRIGGER.escape;
  if (/[A-Za-z0-9+/_-]{12}/.test(text)) bits |= TRIGGER.run;
  return bits;
}

/** True when a text has other readings than the one as it stands. */
export function needsViews(text: string): boolean {
  return triggersOf(text) !== 0;
}

/** As {@link needsViews}, of the UTF-8 text in `bytes[start..end)`. */
export function needsViewsBytes(bytes: Uint8Array, start: number, end: number): boolean {
  return needsViews(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).latin1Slice());
}
