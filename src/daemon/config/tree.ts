import type { Place } from './problem.ts';

export type ScalarValue = string | number | boolean | null;

/**
 * One written value. `value` is how YAML reads it, `text` how it stands in the file or in the
 * environment: a field that wants a string gets the text, so that 0755 stays `0755`.
 */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: ScalarValue;
  readonly text: string;
  /** Quoted or a block: a string whatever it looks like. Such a value is never read as a number. */
  readonly quoted: boolean;
  /** Came, in whole or in part, out of `${…}`: text first, for quotes mean nothing then. */
  readonly substituted: boolean;
  /** The variables without a value that were asked for, to explain an empty text. */
  readonly unset?: readonly string[];
}

export interface MapEntry {
  readonly keyPlace: Place;
  readonly node: ConfigNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface ListNode {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly ConfigNode[];
}

/** A configuration with the place each value was written at, also after merging. */
export type ConfigNode = ScalarNode | MapNode | ListNode;

/**
 * The later configuration laid over the earlier one: maps merge key by key, everything else is
 * replaced, and an empty value wipes what was there.
 */
export function merge(earlier: ConfigNode, later: ConfigNode): ConfigNode {
  if (earlier.kind !== 'map' || later.kind !== 'map') return later;
  const entries = new Map(earlier.entries);
  for (const [key, entry] of later.entries) {
    const before = entries.get(key);
    entries.set(
      key,
      before === undefined ? entry : { ...entry, node: merge(before.node, entry.node) },
    );
  }
  return { kind: 'map', place: later.place, entries };
}

/** A map with one value at the end of a path, as `--set a.b=c` means it. */
export function nest(path: readonly string[], node: ConfigNode): ConfigNode {
  return path.reduceRight<ConfigNode>(
    (inner, key) => ({
      kind: 'map',
      place: node.place,
      entries: new Map([[key, { keyPlace: node.place, node: inner }]]),
    }),
    node,
  );
}

export type PathKey = string | number;

/** The node at a path, or `undefined`. */
export function nodeAt(
  root: ConfigNode | undefined,
  path: readonly PropertyKey[],
): ConfigNode | undefined {
  let node = root;
  for (const key of path) {
    if (node?.kind === 'map') node = node.entries.get(String(key))?.node;
    else if (node?.kind === 'list' && typeof key === 'number') node = node.items[key];
    else return undefined;
  }
  return node;
}

/** The place of the deepest part of a path that was written down. */
export function placeOf(
  root: ConfigNode | undefined,
  path: readonly PropertyKey[],
): Place | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = nodeAt(root, path.slice(0, length));
    if (node !== undefined) return node.place;
  }
  return undefined;
}

/** The entries of a map node; none for anything else, an empty value included. */
export function entriesOf(node: ConfigNode | undefined): ReadonlyMap<string, MapEntry> {
  return node?.kind === 'map' ? node.entries : new Map<string, MapEntry>();
}

/** Written as a path: `exporters.otlp_http.headers.x-tenant`, `receivers[0]`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}

/** What `choose` picks for a scalar to be left out of its map. */
export const ABSENT: unique symbol = Symbol('absent');

/** The plain value of a node. `choose` says what a scalar stands for; by default, as YAML reads it. */
export function plainOf(
  node: ConfigNode,
  choose: (scalar: ScalarNode) => unknown = (scalar) =>
    scalar.substituted ? scalar.text : scalar.value,
): unknown {
  switch (node.kind) {
    case 'scalar':
      return choose(node);
    case 'list':
      return node.items.map((item) => plainOf(item, choose));
    case 'map': {
      const object: Record<string, unknown> = {};
      for (const [key, entry] of node.entries) {
        const value = plainOf(entry.node, choose);
        if (value === ABSENT) continue;
        // Defined, not assigned: a key `__proto__` is a key like any other and gets reported.
        Object.defineProperty(object, key, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return object;
    }
    default:
      return node satisfies never;
  }
}
