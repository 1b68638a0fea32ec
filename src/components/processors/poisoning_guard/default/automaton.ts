/** The class of white space and of `_`; a run of it counts as one. */
const GAP = 1;

/** A node of the trie while the automaton is built. */
interface Node {
  readonly next: Map<number, Node>;
  fail: Node | undefined;
  tokens: number[];
  state: number;
}

const newNode = (): Node => ({ next: new Map(), fail: undefined, tokens: [], state: 0 });

/** The letter that a character stands for when tokens are compared: small, without its marks. */
function folded(code: number): number {
  if (code >= 0x80 && code < 0x250) {
    const base = String.fromCharCode(code).normalize('NFD').charCodeAt(0);
    return base < 0x80 ? folded(base) : base;
  }
  if (code >= 0x41 && code <= 0x5a) return code + 0x20;
  if (code >= 0x410 && code <= 0x42f) return code + 0x20;
  // Typographic apostrophes.
  if (code === 0x2018 || code === 0x2019 || code === 0x60) return 0x27;
  return code;
}

const isGap = (code: number): boolean =>
  code === 0x20 ||
  (code >= 9 && code <= 13) ||
  code === 0x5f ||
  code === 0xa0 ||
  (code >= 0x2000 && code <= 0x200a) ||
  code === 0x2028 ||
  code === 0x2029 ||
  code === 0x3000;

/** Characters that are told apart; all others share what is left of the classes. */
const OWN_CLASS = `abcdefghijklmnopqrstuvwxyz0123456789./:"'-<>,!?()[]{}=*@#$%&|;~+\\^`;
const CLASSES = 128;

/** True when a token has characters that share classes: then it must be compared with the text. */
export const isShared = (token: string): boolean =>
  token.split('').some((letter) => letter !== ' ' && !OWN_CLASS.includes(letter));

const LATIN = Uint16Array.from({ length: 0x250 }, (_, code) => (isGap(code) ? 0x20 : folded(code)));

/** A character as tokens have it; any white space is a space. */
export const foldedCode = (code: number): number =>
  code < 0x250 ? (LATIN[code] as number) : isGap(code) ? 0x20 : folded(code);

/** True when a token stands at an offset of a text, any white space for each space. */
export function standsAt(token: string, text: string, start: number): boolean {
  let at = start;
  for (let i = 0; i < token.length; i++) {
    const code = token.charCodeAt(i);
    if (foldedCode(text.charCodeAt(at++)) !== code) return false;
    if (code === 0x20) while (foldedCode(text.charCodeAt(at)) === 0x20) at++;
  }
  return true;
}

/** Occurrences that one call of {@link TextAutomaton.scan} can tell. */
export const OCCURRENCES_MAX = 1024;

/**
 * Finds every occurrence of every token in a text in one pass (Aho and Corasick 1975). Letters are
 * compared without case and marks; a run of white space or `_` counts as one space. One look-up in
 * two tables per character, whatever the text.
 */
export class TextAutomaton {
  readonly #classOf = new Uint8Array(65_536);
  readonly #shift: number;
  readonly #table: Uint16Array;
  readonly #firstEnding: number;
  readonly #endings: readonly Uint16Array[];
  /** State to go on from, and 1 when the character before was a gap. */
  #state = 0;
  #gap = 0;
  /** Where the last scan stopped. */
  #at = 0;
  /** State (less the first ending one) and offset past the end of each occurrence. */
  readonly found = new Int32Array(2 * OCCURRENCES_MAX);

  /** Tokens are not empty and already folded: small letters without marks, single spaces. */
  constructor(tokens: readonly string[]) {
    this.#classify(tokens);
    const nodes = this.#linked(tokens);
    const silent = nodes.filter((node) => node.tokens.length === 0);
    const ending = nodes.filter((node) => node.tokens.length > 0);
    if (nodes.length > 65_535) throw new RangeError('too many states for 16 bits');
    for (const [state, node] of [...silent, ...ending].entries()) node.state = state;
    this.#firstEnding = silent.length;
    this.#endings = ending.map((node) => Uint16Array.from(node.tokens));
    this.#shift = Math.log2(CLASSES);
    this.#table = new Uint16Array(nodes.length << this.#shift);
    for (const node of nodes) this.#fill(node);
  }

  #classify(tokens: readonly string[]): void {
    const classOf = new Map<number, number>();
    const own = OWN_CLASS.length + GAP;
    for (const [i, letter] of OWN_CLASS.split('').entries())
      classOf.set(letter.charCodeAt(0), i + GAP + 1);
    for (const token of tokens) {
      for (let i = 0; i < token.length; i++) {
        const code = token.charCodeAt(i);
        if (isGap(code) || classOf.has(code)) continue;
        classOf.set(code, own + 1 + (code % (CLASSES - own - 1)));
      }
    }
    for (let code = 0; code < 65_536; code++) {
      this.#classOf[code] = isGap(code) ? GAP : (classOf.get(folded(code)) ?? 0);
    }
  }

  /** Every node breadth first, with its failure link and the tokens of its suffixes. */
  #linked(tokens: readonly string[]): Node[] {
    const root = newNode();
    for (const [number, token] of tokens.entries()) {
      let node = root;
      for (let i = 0; i < token.length; i++) {
        const step = this.#classOf[token.charCodeAt(i)] as number;
        let next = node.next.get(step);
        if (next === undefined) node.next.set(step, (next = newNode()));
        node = next;
      }
      node.tokens.push(number);
    }
    const order: Node[] = [root];
    for (const node of order) {
      for (const [step, child] of node.next) {
        let fail = node.fail;
        while (fail !== undefined && !fail.next.has(step)) fail = fail.fail;
        child.fail = fail?.next.get(step) ?? root;
        child.tokens.push(...child.fail.tokens);
        order.push(child);
      }
    }
    return order;
  }

  /** Rows are filled breadth first: the row of the failure link is there already. */
  #fill(node: Node): void {
    const row = node.state << this.#shift;
    if (node.fail !== undefined) {
      const from = node.fail.state << this.#shift;
      this.#table.copyWithin(row, from, from + (1 << this.#shift));
    }
    for (const [step, child] of node.next) this.#table[row + step] = child.state;
  }

  /** Begins a new text. */
  reset(): void {
    this.#state = 0;
    this.#gap = 0;
    this.#at = 0;
  }

  /** Where the last scan stopped. */
  get at(): number {
    return this.#at;
  }

  /** The tokens of an ending in `found`, the longest first. */
  tokens(ending: number): Uint16Array {
    return this.#endings[ending] as Uint16Array;
  }

  /**
   * Goes on to `to` or until `found` is full; how many occurrences there are. Call it with steps of
   * some 2,000 characters: a loop that runs long in few calls is not optimised by V8.
   */
  scan(text: string, to: number): number {
    const classOf = this.#classOf;
    const table = this.#table;
    const shift = this.#shift;
    const firstEnding = this.#firstEnding;
    const found = this.found;
    let state = this.#state;
    let gap = this.#gap;
    let filled = 0;
    let at = this.#at;
    while (at < to && filled < 2 * OCCURRENCES_MAX) {
      const step = classOf[text.charCodeAt(at++)] as number;
      if (step === GAP) {
        if (gap === 1) continue;
        gap = 1;
      } else {
        gap = 0;
      }
      state = table[(state << shift) + step] as number;
      if (state >= firstEnding) {
        found[filled] = state - firstEnding;
        found[filled + 1] = at;
        filled += 2;
      }
    }
    this.#state = state;
    this.#gap = gap;
    this.#at = at;
    return filled >> 1;
  }
}

/** True for letters, digits and whatever is written without spaces around it. */
export function isWord(code: number): boolean {
  if (code < 0x80) {
    return (
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x30 && code <= 0x39) ||
      (code >= 0x41 && code <= 0x5a)
    );
  }
  return code >= 0xc0 && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f);
}

/** True for scripts that put no spaces between words. */
export const isUnspaced = (code: number): boolean => code >= 0x2e80 && code <= 0xd7ff;
