/** Told of every occurrence of a token: its number and the offset one past its last byte. */
export interface TokenVisitor {
  token(token: number, end: number): void;
}

/** A node of the trie while the automaton is built. */
interface Node {
  readonly next: Map<number, Node>;
  fail: Node | undefined;
  /** The tokens that end here, the longest first. */
  tokens: number[];
  state: number;
}

function newNode(): Node {
  return { next: new Map(), fail: undefined, tokens: [], state: 0 };
}

function trieOf(tokens: readonly string[]): Node {
  const root = newNode();
  for (const [number, token] of tokens.entries()) {
    let node = root;
    for (const byte of Buffer.from(token, 'latin1')) {
      let next = node.next.get(byte);
      if (next === undefined) {
        next = newNode();
        node.next.set(byte, next);
      }
      node = next;
    }
    node.tokens.push(number);
  }
  return root;
}

/** Every node breadth first, with its failure link and the tokens of its suffixes. */
function linked(root: Node): Node[] {
  const order: Node[] = [root];
  for (const node of order) {
    for (const [byte, child] of node.next) {
      let fail = node.fail;
      while (fail !== undefined && !fail.next.has(byte)) fail = fail.fail;
      child.fail = fail?.next.get(byte) ?? root;
      child.tokens.push(...child.fail.tokens);
      order.push(child);
    }
  }
  return order;
}

/**
 * Finds every occurrence of every token in one pass (Aho and Corasick 1975), as a table of states.
 * The work is one table look-up per byte and one call per occurrence, whatever the text.
 */
export class TokenAutomaton {
  readonly #classOf: Uint8Array;
  readonly #shift: number;
  readonly #table: Uint16Array;
  /** From this state on a token ends. */
  readonly #firstEnding: number;
  /** Tokens by state minus the first ending one. */
  readonly #endings: readonly (readonly number[])[];

  /** Tokens are bytes as Latin-1 text, at least one byte each. */
  constructor(tokens: readonly string[]) {
    const nodes = linked(trieOf(tokens));
    const silent = nodes.filter((node) => node.tokens.length === 0);
    const ending = nodes.filter((node) => node.tokens.length > 0);
    for (const [state, node] of [...silent, ...ending].entries()) node.state = state;
    this.#firstEnding = silent.length;
    this.#endings = ending.map((node) => node.tokens);

    this.#classOf = new Uint8Array(256);
    let classes = 1;
    for (const byte of new Set(nodes.flatMap((node) => [...node.next.keys()]))) {
      this.#classOf[byte] = classes++;
    }
    this.#shift = Math.ceil(Math.log2(classes));
    this.#table = new Uint16Array(nodes.length << this.#shift);
    for (const node of nodes) this.#fill(node);
  }

  /** Rows are filled breadth first: the row of the failure link is there already. */
  #fill(node: Node): void {
    const row = node.state << this.#shift;
    if (node.fail !== undefined) {
      const from = node.fail.state << this.#shift;
      this.#table.copyWithin(row, from, from + (1 << this.#shift));
    }
    for (const [byte, child] of node.next) {
      this.#table[row + (this.#classOf[byte] as number)] = child.state;
    }
  }

  /** Tells the visitor of the tokens in `bytes[0..length)`, in the order in which they end. */
  scan(bytes: Uint8Array, length: number, visitor: TokenVisitor): void {
    const table = this.#table;
    const classOf = this.#classOf;
    const shift = this.#shift;
    const firstEnding = this.#firstEnding;
    let state = 0;
    for (let at = 0; at < length; at++) {
      state = table[(state << shift) + (classOf[bytes[at] as number] as number)] as number;
      if (state >= firstEnding) this.#tell(state - firstEnding, at + 1, visitor);
    }
  }

  #tell(ending: number, end: number, visitor: TokenVisitor): void {
    for (const token of this.#endings[ending] ?? []) visitor.token(token, end);
  }
}
