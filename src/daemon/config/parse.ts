import { LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Pair, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { formatPlace } from './problem.ts';
import type { Place, ProblemList } from './problem.ts';
import type { ConfigNode, MapEntry, ScalarNode, ScalarValue } from './tree.ts';

/** Deepest nesting of a configuration; an alias that contains itself ends here. */
const DEPTH_MAX = 64;

/** Most values of one source, those that aliases repeat included: 50,000 is a file of about 1 MB. */
const NODES_MAX = 50_000;

/** Everything the walk over one YAML document needs. */
interface Walk {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly source: string;
  readonly problems: ProblemList;
  nodes: number;
  refused: boolean;
}

/**
 * Reads YAML 1.2 text into a tree with places. A key that stands twice in one map, a second
 * document, a tag nobody knows and an alias bomb are problems. `undefined`: nothing usable.
 */
export function parseConfigText(
  text: string,
  source: string,
  problems: ProblemList,
): ConfigNode | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
  });
  const walk: Walk = { document, lines, source, problems, nodes: 0, refused: false };
  // What follows the first error only repeats it in other words.
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const before = text.slice(0, error.pos[0]);
    const hint = before.endsWith('$') ? '; inside { } and [ ], write "${…}" in quotes' : '';
    problems.error('', `not YAML: ${error.message}${hint}`, placeAt(walk, error.pos[0]));
    return undefined;
  }
  const root = document.contents;
  if (root === null) return emptyNode(placeAt(walk, 0));
  return convert(walk, root, 0);
}

function emptyNode(place: Place): ScalarNode {
  return { kind: 'scalar', place, value: null, text: '', quoted: false, substituted: false };
}

function placeAt(walk: Walk, offset: number): Place {
  const { line, col } = walk.lines.linePos(offset);
  return { source: walk.source, line, column: col };
}

function convert(walk: Walk, node: ParsedNode | null, depth: number): ConfigNode | undefined {
  if (node === null) return emptyNode(placeAt(walk, 0));
  const place = placeAt(walk, node.range[0]);
  walk.nodes += 1;
  if (walk.refused) return undefined;
  if (depth > DEPTH_MAX || walk.nodes > NODES_MAX) {
    walk.refused = true;
    walk.problems.error(
      '',
      depth > DEPTH_MAX
        ? `nested deeper than ${DEPTH_MAX} levels, or an alias that contains itself`
        : `more than ${NODES_MAX} values, counting what aliases repeat`,
      place,
    );
    return undefined;
  }
  if (isAlias(node)) {
    const target = node.resolve(walk.document);
    if (target === undefined) {
      walk.problems.error('', `the alias *${node.source} has no anchor &${node.source}`, place);
      return undefined;
    }
    return convert(walk, target as ParsedNode, depth + 1);
  }
  if (isScalar(node)) return scalarNode(node, place);
  if (isSeq(node)) {
    const items: ConfigNode[] = [];
    for (const item of node.items) {
      const converted = convert(walk, item as ParsedNode, depth + 1);
      if (converted !== undefined) items.push(converted);
    }
    return { kind: 'list', place, items };
  }
  if (isMap(node)) return mapNode(walk, node as YAMLMap.Parsed, place, depth);
  return undefined;
}

function scalarNode(node: Scalar, place: Place): ScalarNode {
  const value = scalarValue(node.value);
  const quoted = node.type !== 'PLAIN' && node.type !== undefined;
  const text = quoted || typeof value === 'string' ? String(value) : (node.source ?? '');
  return { kind: 'scalar', place, value, text, quoted, substituted: false };
}

function scalarValue(value: unknown): ScalarValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return Number(value);
    default:
      return null;
  }
}

function mapNode(
  walk: Walk,
  map: YAMLMap.Parsed,
  place: Place,
  depth: number,
): ConfigNode | undefined {
  const entries = new Map<string, MapEntry>();
  const merged: ConfigNode[] = [];
  for (const pair of map.items as Pair<ParsedNode, ParsedNode | null>[]) {
    const keyPlace = placeAt(walk, pair.key.range[0]);
    if (!isScalar(pair.key)) {
      walk.problems.error('', 'a key must be a plain text', keyPlace);
      continue;
    }
    const key = keyText(pair.key);
    const value = pair.value === null ? emptyNode(keyPlace) : convert(walk, pair.value, depth + 1);
    if (value === undefined) continue;
    if (key === '<<' && pair.key.type === 'PLAIN') {
      merged.push(...(value.kind === 'list' ? value.items : [value]));
      continue;
    }
    const first = entries.get(key);
    if (first === undefined) {
      entries.set(key, { keyPlace, node: value });
      continue;
    }
    walk.problems.error(
      '',
      `the key "${key}" stands twice in the same map, first at ${formatPlace(first.keyPlace)};` +
        ' one of the two would be lost: merge them',
      keyPlace,
    );
  }
  // YAML 1.1 merge keys (`<<: *defaults`), as go-yaml has them: what is written here wins.
  for (const node of merged) {
    if (node.kind !== 'map') continue;
    for (const [key, entry] of node.entries) if (!entries.has(key)) entries.set(key, entry);
  }
  return { kind: 'map', place, entries };
}

/** Keys are texts: `404:` is the key "404", an empty key is "". */
function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? '');
}

/** How YAML reads a text that stands alone, unquoted: for the typed reading of a substituted value. */
export function yamlScalar(text: string): ScalarValue {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (/[\n{}[\]#&*!|>'"%@`,?]|: |:$|^-\s/.test(trimmed)) return text;
  const document = parseDocument(trimmed, { schema: 'core', logLevel: 'silent' });
  if (document.errors.length > 0 || !isScalar(document.contents)) return text;
  return scalarValue(document.contents.value);
}
