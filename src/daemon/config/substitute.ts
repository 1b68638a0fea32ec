import { messageOf } from '../../sdk/index.ts';
import { parseConfigText, yamlScalar } from './parse.ts';
import { ProblemList } from './problem.ts';
import { pathText } from './tree.ts';
import type { Place } from './problem.ts';
import type { ConfigNode, MapEntry, ScalarNode } from './tree.ts';

/** Most `${…}` of one configuration, as in the Collector: what includes itself ends here. */
const SUBSTITUTIONS_MAX = 1000;

/** What substitution reads from. */
export interface Surroundings {
  env(name: string): string | undefined;
  /** The text of a file; throws what the file system says. */
  readFile(path: string): string;
}

interface Substitution {
  readonly surroundings: Surroundings;
  readonly problems: ProblemList;
  count: number;
}

/** What `${…}` came to: a text, or the YAML of an embedded file. */
type Replacement =
  | { readonly kind: 'text'; readonly text: string; readonly unset?: string }
  | { readonly kind: 'node'; readonly node: ConfigNode };

/**
 * Replaces `${env:NAME}`, `${NAME}`, `${env:NAME:-default}`, `${env:NAME:?message}`, `${file:path}`
 * and `${yaml:text}` in every value. Works on the parsed tree and never on keys, and a variable
 * stays one value whatever is in it: the environment cannot add a key. `$$` is a `$`.
 */
export function substitute(
  root: ConfigNode,
  surroundings: Surroundings,
  problems: ProblemList,
): ConfigNode {
  return inNode({ surroundings, problems, count: 0 }, root, []);
}

function inNode(run: Substitution, node: ConfigNode, path: readonly PropertyKey[]): ConfigNode {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && node.value.includes('$')
        ? inScalar(run, node, path)
        : node;
    case 'list':
      return {
        ...node,
        items: node.items.map((item, index) => inNode(run, item, [...path, index])),
      };
    case 'map': {
      const entries = new Map<string, MapEntry>();
      for (const [key, entry] of node.entries) {
        entries.set(key, { ...entry, node: inNode(run, entry.node, [...path, key]) });
      }
      return { ...node, entries };
    }
    default:
      return node satisfies never;
  }
}

function inScalar(run: Substitution, scalar: ScalarNode, path: readonly PropertyKey[]): ConfigNode {
  const found = expand(run, scalar.text, path, scalar.place);
  if (found === undefined) return scalar;
  if (found.kind === 'node') return inNode(run, found.node, path);
  const { text, unset, substituted } = found;
  return {
    kind: 'scalar',
    place: scalar.place,
    value: substituted ? yamlScalar(text) : text,
    text,
    quoted: !substituted,
    substituted,
    ...(unset.length > 0 && { unset }),
  };
}

type Expansion =
  | { kind: 'text'; text: string; unset: string[]; substituted: boolean }
  | { kind: 'node'; node: ConfigNode };

/** Expands a text from left to right; `undefined` after a problem. */
function expand(
  run: Substitution,
  text: string,
  path: readonly PropertyKey[],
  place: Place,
): Expansion | undefined {
  let out = '';
  let substituted = false;
  const unset: string[] = [];
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] !== '$') {
      out += text[index];
    } else if (text[index + 1] === '$') {
      out += '$';
      index += 1;
    } else if (text[index + 1] !== '{') {
      out += '$';
    } else {
      const end = closingBrace(text, index + 2);
      if (end === undefined) {
        run.problems.error(
          pathText(path),
          'a "${" without its "}"; write "$${" for the characters themselves',
          place,
        );
        return undefined;
      }
      const inner = expand(run, text.slice(index + 2, end), path, place);
      if (inner === undefined) return undefined;
      const uri = inner.kind === 'text' ? inner.text : '';
      const replacement = replace(run, uri, path, place);
      if (replacement === undefined) return undefined;
      if (replacement.kind === 'node') {
        if (index === 0 && end === text.length - 1) return replacement;
        run.problems.error(
          pathText(path),
          `\${${uri}} holds a map or a list and cannot stand inside a text`,
          place,
        );
        return undefined;
      }
      substituted = true;
      out += replacement.text;
      if (replacement.unset !== undefined) unset.push(replacement.unset);
      index = end;
    }
  }
  return { kind: 'text', text: out, unset, substituted };
}

function closingBrace(text: string, from: number): number | undefined {
  let open = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '}') {
      open -= 1;
      if (open === 0) return index;
    } else if (text[index] === '$' && text[index + 1] === '{') {
      open += 1;
      index += 1;
    }
  }
  return undefined;
}

function replace(
  run: Substitution,
  uri: string,
  path: readonly PropertyKey[],
  place: Place,
): Replacement | undefined {
  run.count += 1;
  if (run.count > SUBSTITUTIONS_MAX) {
    if (run.count === SUBSTITUTIONS_MAX + 1) {
      run.problems.error(
        pathText(path),
        `more than ${SUBSTITUTIONS_MAX} substitutions; does a file include itself?`,
        place,
      );
    }
    return undefined;
  }
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.]+):(?![-?])(.*)$/s.exec(uri) ?? [];
  switch (scheme) {
    case undefined:
      return fromEnv(run, uri, path, place);
    case 'env':
      return fromEnv(run, rest ?? '', path, place);
    case 'file':
      return fromFile(run, rest ?? '', path, place);
    case 'yaml':
      return fromYaml(run, rest ?? '', place);
    default:
      run.problems.error(
        pathText(path),
        `\${${scheme}:…} is not a known source; env, file and yaml are` +
          (scheme.startsWith('http') ? ' (nothing is fetched over the network)' : ''),
        place,
      );
      return undefined;
  }
}

function fromEnv(
  run: Substitution,
  expression: string,
  path: readonly PropertyKey[],
  place: Place,
): Replacement | undefined {
  const [, name, operator, rest] =
    /^([A-Za-z_][A-Za-z0-9_]*)(?::([-?])(.*))?$/s.exec(expression) ?? [];
  if (name === undefined) {
    run.problems.error(
      pathText(path),
      `"\${${expression}}" does not name a variable; write \${env:NAME} or \${env:NAME:-default}`,
      place,
    );
    return undefined;
  }
  const value = run.surroundings.env(name);
  if (operator === '?' && (value === undefined || value === '')) {
    const message = rest === '' ? 'it must be set' : rest;
    run.problems.error(pathText(path), `the variable ${name} is not set: ${message}`, place);
    return undefined;
  }
  if (value !== undefined) return { kind: 'text', text: value };
  if (operator === '-') return { kind: 'text', text: rest ?? '' };
  run.problems.warn(
    pathText(path),
    `the variable ${name} is not set, so this is empty; write \${env:${name}:-default} or` +
      ` \${env:${name}:?why it is needed}`,
    place,
  );
  return { kind: 'text', text: '', unset: name };
}

function fromFile(
  run: Substitution,
  file: string,
  path: readonly PropertyKey[],
  place: Place,
): Replacement | undefined {
  let text: string;
  try {
    text = run.surroundings.readFile(file);
  } catch (error) {
    run.problems.error(
      pathText(path),
      `cannot read ${file}: ${messageOf(error)}`,
      place,
      'CS_CONFIG_UNREADABLE',
    );
    return undefined;
  }
  // A secret in a file need not be YAML, and as text it is what stands in the file, save for the
  // newline that every editor leaves at the end.
  const asText = text.replace(/\r?\n$/, '');
  const attempt = new ProblemList();
  const node = parseConfigText(text, file, attempt);
  const broken = node === undefined || attempt.hasErrors;
  if (broken || node.kind === 'scalar') return { kind: 'text', text: asText };
  return { kind: 'node', node };
}

function fromYaml(run: Substitution, text: string, place: Place): Replacement | undefined {
  const node = parseConfigText(text, `${place.source}:${place.line} \${yaml:…}`, run.problems);
  if (node === undefined) return undefined;
  return node.kind === 'scalar' ? { kind: 'text', text: node.text } : { kind: 'node', node };
}
