import { TextAutomaton, isShared, isUnspaced, isWord } from './automaton.ts';
import { CommandScan } from './command_scan.ts';
import { isRefused, loweredBy } from './discount.ts';
import type { Lowered } from './discount.ts';
import { PhraseMatcher } from './phrases.ts';
import type { GuardClass, HitSeverity, PhraseRule, RuleFacts } from './rule.ts';
import { COMMAND_TRIGGERS, PHRASE_RULES } from './rules/index.ts';
import { SENTENCE_END } from './rules/vocabulary.ts';
import type { WordClass } from './words.ts';

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

/** What is known of a text besides its characters. */
export interface TextContext {
  /** The text stood encoded or hidden in another one. */
  readonly decoded: boolean;
}

const SCAN_STEP = 2048;
/** A word inside a run of so many letters counts although it has no boundary. */
const SQUEEZED_RUN = 24;
const SQUEEZED_WORD_MIN = 4;

/** What a token of the automaton stands for. */
interface Token {
  readonly length: number;
  readonly spaces: boolean;
  readonly left: boolean;
  readonly right: boolean;
  readonly squeezable: boolean;
  readonly listeners: Int32Array;
  /** What must stand there, when letters share classes in the automaton. */
  readonly exact: string | undefined;
  readonly kind: 'words' | 'sentence_end' | 'command';
}

interface Draft {
  squeezable: boolean;
  left: boolean;
  right: boolean;
  classes: Set<WordClass>;
}

/** Every word with the classes it belongs to; words of several spaces also without them. */
function draftsOf(classes: readonly WordClass[]): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  const add = (text: string, of: WordClass, squeezable: boolean): void => {
    const last = text.charCodeAt(text.length - 1);
    const draft = drafts.get(text) ?? {
      squeezable,
      left: isWord(text.charCodeAt(0)) && !isUnspaced(text.charCodeAt(0)),
      right: isWord(last) && !isUnspaced(last) && !of.stem,
      classes: new Set(),
    };
    draft.squeezable ||= squeezable;
    draft.right &&= !of.stem;
    draft.classes.add(of);
    drafts.set(text, draft);
  };
  for (const each of classes) {
    for (const word of each.words) {
      add(word, each, each.squeezable && word.length >= SQUEEZED_WORD_MIN);
      const squeezed = word.replaceAll(' ', '');
      if (each.squeezable && squeezed !== word && squeezed.length > 7) add(squeezed, each, true);
    }
  }
  return drafts;
}

/** Keeps the gravest hit of each rule. */
class HitList {
  readonly #best: (Hit | undefined)[];
  #found: number[] = [];

  constructor(rules: number) {
    this.#best = Array.from({ length: rules });
  }

  reset(): void {
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

  list(): Hit[] {
    return this.#found.flatMap((rule) => this.#best[rule] ?? []);
  }
}

/** Looks for all rules in one pass over a text. Not reentrant; one for all texts. */
class HitScanner {
  readonly #rules: readonly PhraseRule[] = PHRASE_RULES;
  readonly #matcher = new PhraseMatcher(PHRASE_RULES);
  readonly #tokens: Token[] = [];
  readonly #automaton: TextAutomaton;
  readonly #commands = new CommandScan();
  readonly #hits: HitList;
  #text = '';
  /** How often it may still be asked whether a hit is only talked about. */
  #asks = 0;

  constructor() {
    const drafts = draftsOf([...this.#matcher.classes, SENTENCE_END, ...COMMAND_TRIGGERS]);
    for (const [text, draft] of drafts) {
      this.#tokens.push(...this.#tokensOf(text, draft));
    }
    const texts: string[] = [];
    for (const [text, draft] of drafts) {
      for (let i = 0; i < this.#tokensOf(text, draft).length; i++) texts.push(text);
    }
    this.#automaton = new TextAutomaton(texts);
    this.#hits = new HitList(PHRASE_RULES.length);
  }

  #tokensOf(text: string, draft: Draft): Token[] {
    const { left, right, squeezable } = draft;
    const exact = isShared(text) ? text : undefined;
    const common = { length: text.length, spaces: text.includes(' '), left, right, exact };
    const list: Token[] = [];
    const classes = [...draft.classes];
    const phrases = classes.flatMap((each) => [...this.#matcher.listeners(each)]);
    if (phrases.length > 0) {
      const listeners = Int32Array.from(new Set(phrases)).sort().reverse();
      list.push({ ...common, squeezable, kind: 'words', listeners });
    }
    const none = new Int32Array(0);
    if (draft.classes.has(SENTENCE_END)) {
      list.push({ ...common, squeezable: false, kind: 'sentence_end', listeners: none });
    }
    if (classes.some((each) => COMMAND_TRIGGERS.includes(each))) {
      list.push({ ...common, squeezable: false, kind: 'command', listeners: none });
    }
    return list;
  }

  hits(text: string): Hit[] {
    this.#text = text;
    this.#asks = 64 + (text.length >> 8);
    this.#matcher.reset();
    this.#hits.reset();
    this.#commands.open(text);
    const automaton = this.#automaton;
    automaton.reset();
    while (automaton.at < text.length) {
      const count = automaton.scan(text, Math.min(text.length, automaton.at + SCAN_STEP));
      for (let i = 0; i < count; i++) {
        const ending = automaton.found[2 * i] as number;
        this.#found(automaton.tokens(ending), automaton.found[2 * i + 1] as number);
      }
    }
    return [...this.#hits.list(), ...this.#commands.hits()];
  }

  #found(tokens: Uint16Array, end: number): void {
    for (let i = 0; i < tokens.length; i++) {
      const token = this.#tokens[tokens[i] as number] as Token;
      const start = token.spaces ? this.#startOf(token.length, end) : end - token.length;
      if (!this.#stands(token, start, end)) continue;
      if (token.kind === 'words') this.#matcher.word(token.listeners, start, end, this.#phrase);
      else if (token.kind === 'sentence_end') this.#matcher.sentenceEnd(start);
      else this.#commands.trigger(start, end);
    }
  }

  /** Where a token begins whose spaces may be runs of white space. */
  #startOf(length: number, end: number): number {
    const text = this.#text;
    let at = end;
    for (let left = length; left > 0; left--) {
      at--;
      if (isSpace(text.charCodeAt(at))) while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--;
    }
    return at;
  }

  #stands(token: Token, start: number, end: number): boolean {
    const text = this.#text;
    if (token.exact !== undefined && plain(text.slice(start, end)) !== token.exact) return false;
    const left = !token.left || start === 0 || !isWord(text.charCodeAt(start - 1));
    const right = !token.right || end === text.length || !isWord(text.charCodeAt(end));
    if (left && right) return true;
    return token.squeezable && this.#isSqueezed(start, end);
  }

  #isSqueezed(start: number, end: number): boolean {
    const text = this.#text;
    let from = start;
    let to = end;
    const fromMin = Math.max(0, end - SQUEEZED_RUN);
    while (from > fromMin && isWord(text.charCodeAt(from - 1))) from--;
    const toMax = Math.min(text.length, from + SQUEEZED_RUN);
    while (to < toMax && isWord(text.charCodeAt(to))) to++;
    return to - from >= SQUEEZED_RUN;
  }

  readonly #phrase = (number: number, start: number, end: number): void => {
    const rule = this.#rules[number] as PhraseRule;
    if (rule.textMax !== undefined && this.#text.length > rule.textMax) return;
    if (!this.#hits.wants(number, rule.weight)) return;
    const lowered = rule.literal === true ? undefined : this.#ask(start, end);
    const refused =
      rule.class === 'exfil' && rule.literal !== true && isRefused(this.#text, start, end);
    const weight = rule.weight * (lowered?.factor ?? 1) * (refused ? 0.4 : 1);
    if (!this.#hits.wants(number, weight)) return;
    this.#hits.keep(number, hitOf(rule, weight, start, end, lowered));
  };

  /** A text that asks too often is not let off: what it holds counts in full. */
  #ask(start: number, end: number): Lowered | undefined {
    if (this.#asks === 0) return undefined;
    this.#asks--;
    return loweredBy(this.#text, start, end);
  }
}

const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x5f || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000;

const plain = (text: string): string => text.toLowerCase().replace(/[\s_]+/gu, ' ');

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

/** Every rule that stands in a text, each with its gravest place. Linear in the length. */
export function hitsIn(view: string, _context: TextContext): Hit[] {
  scanner ??= new HitScanner();
  return scanner.hits(view);
}
