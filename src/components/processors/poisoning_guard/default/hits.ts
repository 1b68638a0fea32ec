import { CommandScan } from './command_scan.ts';
import { isRefused, loweredBy } from './discount.ts';
import type { Lowered } from './discount.ts';
import type { PhraseVisitor, WordLine } from './phrase_finder.ts';
import { PhraseScan } from './phrase_scan.ts';
import type { GuardClass, HitSeverity, PhraseRule, RuleFacts } from './rule.ts';
import { COMMAND_TRIGGERS, PHRASE_RULES } from './rules/index.ts';
import { DISGUISED } from './rules/vocabulary.ts';
import { TEXT_MEMORY } from './text_memory.ts';

export type { GuardClass } from './rule.ts';

/** A rule that stands in a text. */
export interface Hit {
  readonly rule: string;
  readonly class: GuardClass;
  readonly severity: HitSeverity;
  /** What it adds to the score of its class. */
  readonly weight: number;
  /** In UTF-16 units of the text. */
  readonly start: number;
  readonly end: number;
  /** Why it weighs less than its rule. */
  readonly lowered?: Lowered;
}

const NO_HITS: readonly Hit[] = [];

/** Keeps the gravest hit of each rule. */
class HitList {
  readonly #best: (Hit | undefined)[];
  #found: number[] = [];

  constructor(rules: number) {
    this.#best = Array.from({ length: rules });
  }

  reset(): void {
    if (this.#found.length === 0) return;
    for (const rule of this.#found) this.#best[rule] = undefined;
    this.#found = [];
  }

  /** Whether a hit of this weight would be kept. */
  wants(rule: number, weight: number): boolean {
    return (this.#best[rule]?.weight ?? 0) < weight;
  }

  keep(rule: number, hit: Hit): void {
    if (this.#best[rule] === undefined) this.#found.push(rule);
    this.#best[rule] = hit;
  }

  list(): readonly Hit[] {
    return this.#found.length === 0
      ? NO_HITS
      : this.#found.flatMap((rule) => this.#best[rule] ?? []);
  }
}

/** Looks for all rules in one pass over a text. Not reentrant; one for all texts. */
class HitScanner implements PhraseVisitor {
  readonly #rules: readonly PhraseRule[] = PHRASE_RULES;
  readonly #words = new PhraseScan(PHRASE_RULES, [DISGUISED, ...COMMAND_TRIGGERS], TEXT_MEMORY);
  readonly #commands = new CommandScan();
  readonly #hits = new HitList(PHRASE_RULES.length);
  #text = '';
  #length = 0;
  /** How often it may still be asked whether a hit is only talked about. */
  #asks = 0;

  /** A word was seen that is plain when its letters are turned or read backwards. */
  get disguised(): boolean {
    return this.#words.disguised;
  }

  /** `length`: of the whole text of which this is a part or a reading. */
  hits(text: string, length: number): readonly Hit[] {
    this.#text = text;
    this.#length = length;
    this.#asks = 64 + (text.length >> 8);
    this.#hits.reset();
    this.#commands.open(text);
    this.#words.scan(text, this);
    const hits = this.#hits.list();
    const commands = this.#commands.hits();
    if (commands.length === 0) return hits;
    return hits.length === 0 ? commands : [...hits, ...commands];
  }

  /** @inheritdoc */
  trigger(start: number, end: number, line: WordLine): void {
    this.#commands.trigger(start, end, line);
  }

  /** @inheritdoc */
  phrase(number: number, start: number, end: number): void {
    const rule = this.#rules[number] as PhraseRule;
    if (rule.textMax !== undefined && this.#length > rule.textMax) return;
    if (!this.#hits.wants(number, rule.weight)) return;
    const lowered = rule.literal === true ? undefined : this.#ask(start, end);
    const refused =
      rule.class === 'exfil' && rule.literal !== true && isRefused(this.#text, start, end);
    const weight = rule.weight * (lowered?.factor ?? 1) * (refused ? 0.4 : 1);
    if (!this.#hits.wants(number, weight)) return;
    this.#hits.keep(number, hitOf(rule, weight, start, end, lowered));
  }

  /** A text that asks too often is not let off: what it holds counts in full. */
  #ask(start: number, end: number): Lowered | undefined {
    if (this.#asks === 0) return undefined;
    this.#asks--;
    return loweredBy(this.#text, start, end);
  }
}

function hitOf(
  rule: RuleFacts,
  weight: number,
  start: number,
  end: number,
  lowered: Lowered | undefined,
): Hit {
  const { id, severity } = rule;
  const hit = { rule: id, class: rule.class, severity, weight, start, end };
  return lowered === undefined ? hit : { ...hit, lowered };
}

let scanner: HitScanner | undefined;

/** What one pass over a text shows. */
export interface Seen {
  readonly hits: readonly Hit[];
  /** Some word would be plain in rot13 or backwards: those readings are worth a look. */
  readonly disguised: boolean;
}

/**
 * Every rule that stands in a text, each with its gravest place. Linear in the length. `length`: of the
 * whole text, where this one is a part or a reading of it.
 */
export function seenIn(view: string, length: number = view.length): Seen {
  scanner ??= new HitScanner();
  const hits = scanner.hits(view, Math.max(view.length, length));
  return { hits, disguised: scanner.disguised };
}

/** The hits of {@link seenIn}. */
export function hitsIn(view: string, length: number = view.length): readonly Hit[] {
  return seenIn(view, length).hits;
}
