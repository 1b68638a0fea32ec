import type { Ruleset } from '../ruleset.ts';
import { ReferenceMatcher } from './matcher.ts';
import type { Sightings } from './matcher.ts';
import { REFERENCE_RULE_LIST, REFERENCE_RULES } from './rules.ts';
import type { Rule } from './rules.ts';
import { FoldedText } from './text.ts';
import { REFERENCE_SCREEN } from './windows.ts';

const NOTHING: readonly Rule[] = [];

/** Above this share of characters that are no letter, number or white space (G14). */
const SPECIAL_RATIO_MAX = 0.3;

/** The rule of the lowest bit, or `undefined` for no bit. */
function first(rules: readonly Rule[], bits: number): Rule | undefined {
  return bits === 0 ? undefined : rules[31 - Math.clz32(bits & -bits)];
}

/**
 * The reference's rules, alert for alert and in its order (behaviours G3 to G16): on every text the
 * same rules as the reference finds, in time linear in its length.
 */
export class ReferenceRuleset implements Ruleset {
  readonly name = 'reference';
  readonly rules = REFERENCE_RULE_LIST;
  readonly counted: Rule = REFERENCE_RULES.specialChars;
  readonly screen = REFERENCE_SCREEN;
  readonly #text = new FoldedText();
  readonly #matcher = new ReferenceMatcher();

  /** Bytes that checks read for the last text, besides one look-up per byte. */
  get work(): number {
    return this.#matcher.work;
  }

  judge(bytes: Uint8Array, start: number, end: number): readonly Rule[] | undefined {
    const text = this.#text;
    if (!text.fold(bytes, start, end)) return undefined;
    if (text.length === 0) return NOTHING;
    const { length } = text;
    const found: Rule[] = [];
    addPatterns(this.#matcher.match(text.bytes, length), found);
    if (text.specials / length > SPECIAL_RATIO_MAX) found.push(REFERENCE_RULES.specialChars);
    if (text.bidis > 0) found.push(REFERENCE_RULES.bidi);
    // More than one bit: two scripts.
    if ((text.scripts & (text.scripts - 1)) !== 0) found.push(REFERENCE_RULES.mixedScripts);
    return found.length === 0 ? NOTHING : found;
  }
}

function addPatterns(seen: Sightings, found: Rule[]): void {
  const rules = REFERENCE_RULES;
  for (const [index, rule] of rules.injection.entries()) {
    if ((seen.injection & (1 << index)) !== 0) found.push(rule);
  }
  for (const [index, rule] of rules.code.entries()) {
    if ((seen.code & (1 << index)) !== 0) found.push(rule);
  }
  const tool = [
    first(rules.destructive, seen.destructive),
    first(rules.exfil, seen.exfil),
    seen.markup === 0 ? first(rules.network, seen.network) : markup(seen),
  ];
  for (const rule of tool) if (rule !== undefined) found.push(rule);
}

/** What a tag comes to: its company decides (G12). */
function markup(seen: Sightings): Rule | undefined {
  return (
    first(REFERENCE_RULES.markupDestructive, seen.destructive) ??
    first(REFERENCE_RULES.markupExfil, seen.exfil) ??
    first(REFERENCE_RULES.markupStanding, seen.standing) ??
    first(REFERENCE_RULES.markup, seen.markup)
  );
}
