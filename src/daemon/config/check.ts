import { z } from '../../sdk/index.ts';
import type { Schema } from '../../sdk/index.ts';
import { foreignKey } from './foreign.ts';
import { suggestion } from './nearest.ts';
import { allowedAt, isSecretAt } from './outline.ts';
import type { Outline } from './outline.ts';
import type { ProblemList } from './problem.ts';
import { ABSENT, entriesOf, nodeAt, pathText, placeOf, plainOf } from './tree.ts';
import type { ConfigNode, ScalarNode } from './tree.ts';

type Issue = z.core.$ZodIssue;

/**
 * Checks a node against a schema and reports every problem with its place.
 *
 * What a scalar stands for is settled by what the schema takes. `0755` out of the environment is
 * the text first and the number second; `0755` in the file the number first and its text second;
 * an empty value is empty, else "all defaults", else as if it were not written. `undefined` after a
 * problem.
 */
export function check<Config>(
  schema: Schema<Config>,
  node: ConfigNode,
  path: readonly PropertyKey[],
  problems: ProblemList,
): Config | undefined {
  const { result } = read(schema, node);
  if (result.success) return result.data;
  const report = new Report(schema, node, path, problems);
  for (const issue of result.error.issues) report.add(issue, []);
  return undefined;
}

/** What is written below a node, each scalar as the schema takes it; no transformed values. */
export function writtenAs(schema: Schema<unknown>, node: ConfigNode): unknown {
  return read(schema, node).plain;
}

function read<Config>(schema: Schema<Config>, node: ConfigNode) {
  const readings = new Readings();
  for (;;) {
    const plain = plainOf(node, (scalar) => readings.of(scalar));
    const result = schema.safeParse(plain);
    if (result.success || !readings.tryOthers(node, result.error.issues)) return { plain, result };
  }
}

/** Which of its possible readings each scalar has at the moment. */
class Readings {
  readonly #chosen = new Map<ScalarNode, number>();
  readonly #given = new Set<ScalarNode>();

  of(scalar: ScalarNode): unknown {
    return readingsOf(scalar)[this.#chosen.get(scalar) ?? 0];
  }

  /** Moves each scalar that the schema refused to its next reading; false when none is left. */
  tryOthers(node: ConfigNode, issues: readonly Issue[]): boolean {
    let moved = false;
    for (const [scalar, refusal] of refusedScalars(node, issues, [])) {
      if (this.#given.has(scalar)) continue;
      moved = true;
      const next = (this.#chosen.get(scalar) ?? 0) + 1;
      const reading = readingsOf(scalar)[next];
      // As if it were not written: only for a value that the schema takes in no empty form, not
      // for one it has something to say about, or `grpc:` would be left out without a word.
      const allowed = reading !== ABSENT || refusal === 'type';
      if (reading !== undefined && allowed) {
        this.#chosen.set(scalar, next);
      } else {
        // None fits: told of the last one if its type was right, else of what was meant first.
        if (refusal === 'type') this.#chosen.delete(scalar);
        this.#given.add(scalar);
      }
    }
    return moved;
  }
}

/** Is it the type of the scalar that does not fit, or what it says? */
type Refusal = 'type' | 'content';

function readingsOf(scalar: ScalarNode): readonly unknown[] {
  const empty = [null, {}, ABSENT];
  if (scalar.quoted) return [scalar.value];
  if (scalar.value === null) return scalar.substituted ? [scalar.text, ...empty] : empty;
  if (scalar.value === scalar.text) return [scalar.text];
  return scalar.substituted ? [scalar.text, scalar.value] : [scalar.value, scalar.text];
}

function refusedScalars(
  node: ConfigNode,
  issues: readonly Issue[],
  prefix: readonly PropertyKey[],
  refused = new Map<ScalarNode, Refusal>(),
): ReadonlyMap<ScalarNode, Refusal> {
  for (const issue of issues) {
    const path = [...prefix, ...issue.path];
    const { scalar, exact } = scalarAt(node, path);
    if (scalar !== undefined) {
      const type = exact && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
      const before = refused.get(scalar);
      if (issue.code !== 'invalid_union') {
        refused.set(scalar, type && before !== 'content' ? 'type' : 'content');
      } else {
        refused.set(scalar, before ?? 'type');
      }
    }
    if (issue.code !== 'invalid_union') continue;
    for (const branch of issue.errors) {
      if (scalar === undefined) refusedScalars(node, branch, path, refused);
    }
  }
  return refused;
}

/** The scalar at a path. A problem inside the `{}` that an empty value was read as belongs to it. */
function scalarAt(
  node: ConfigNode,
  path: readonly PropertyKey[],
): { scalar: ScalarNode | undefined; exact: boolean } {
  for (let length = path.length; length >= 0; length -= 1) {
    const at = nodeAt(node, path.slice(0, length));
    if (at === undefined) continue;
    return { scalar: at.kind === 'scalar' ? at : undefined, exact: length === path.length };
  }
  return { scalar: undefined, exact: false };
}

/** Puts the schema's issues into the operator's words. */
class Report {
  readonly #schema: Schema<unknown>;
  readonly #node: ConfigNode;
  readonly #path: readonly PropertyKey[];
  readonly #problems: ProblemList;
  #outline: Outline | undefined;

  constructor(
    schema: Schema<unknown>,
    node: ConfigNode,
    path: readonly PropertyKey[],
    problems: ProblemList,
  ) {
    this.#schema = schema;
    this.#node = node;
    this.#path = path;
    this.#problems = problems;
  }

  add(issue: Issue, prefix: readonly PropertyKey[]): void {
    const at = [...prefix, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) this.#unknownKey(at, key);
      return;
    }
    if (issue.code === 'invalid_union') {
      const branch = likeliestBranch(issue.errors);
      if (branch !== undefined) {
        for (const inner of branch) this.add(inner, at);
        return;
      }
    }
    this.#problems.error(
      pathText([...this.#path, ...at]),
      this.#sentence(issue, at),
      placeOf(this.#node, at),
    );
  }

  #unknownKey(at: readonly PropertyKey[], key: string): void {
    const entry = entriesOf(nodeAt(this.#node, at)).get(key);
    const path = pathText([...this.#path, ...at, key]);
    const known = Object.keys(allowedAt(this.#outlined(), at)?.properties ?? {});
    const advice =
      foreignKey(path) ??
      `not a known key${suggestion(key, known)}` +
        (known.length > 0 ? ` (known here: ${known.join(', ')})` : '');
    this.#problems.error(path, advice, entry?.keyPlace ?? placeOf(this.#node, at));
  }

  #sentence(issue: Issue, at: readonly PropertyKey[]): string {
    const node = nodeAt(this.#node, at);
    const found = this.#found(node, at);
    const unset = node?.kind === 'scalar' && node.unset !== undefined ? unsetNote(node.unset) : '';
    switch (issue.code) {
      case 'invalid_type':
        if (node === undefined) return 'is required and is not there';
        return `${found} is not ${wordFor(issue.expected)}${unset}`;
      case 'invalid_value': {
        const values = issue.values.map(String);
        const near = node?.kind === 'scalar' ? suggestion(node.text, values) : '';
        return `${found} is not one of ${values.join(', ')}${near}${unset}`;
      }
      case 'too_small':
        return `${found} is too small; at least ${String(issue.minimum)}${unset}`;
      case 'too_big':
        if (issue.message.includes(';')) return issue.message;
        return `${found} is too big; at most ${String(issue.maximum)}`;
      case 'invalid_format':
        return `${found} ${issue.message}${unset}`;
      case 'custom': {
        // `must lie between …` is a predicate of what was found; other messages stand alone.
        const predicate = /^(?:is|are|has|must|does|names)\b/.test(issue.message);
        const subject = predicate && node?.kind === 'scalar' ? `${found} ` : '';
        return `${subject}${issue.message}${unset}`;
      }
      case 'invalid_union':
        return `${found} is none of what is allowed here${unset}`;
      default:
        return `${issue.message}${unset}`;
    }
  }

  /** What was written, for an error message; never a secret, nor what may be one. */
  #found(node: ConfigNode | undefined, at: readonly PropertyKey[]): string {
    if (node === undefined) return 'nothing';
    if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
    if (isSecretAt(this.#outlined(), at)) return '[REDACTED]';
    if (node.text === '') return node.quoted || node.substituted ? '"" (empty)' : 'an empty value';
    return JSON.stringify(withoutUserinfo(node.text.slice(0, 120)));
  }

  #outlined(): Outline {
    this.#outline ??= outlineOf(this.#schema);
    return this.#outline;
  }
}

/** The JSON Schema of what may be written; made only when something has to be explained or shown. */
export function outlineOf(schema: Schema<unknown>): Outline {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** Of a union's branches, the one whose problems lie deepest is the one that was meant. */
function likeliestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  let best: readonly Issue[] | undefined;
  let bestDepth = 0;
  for (const branch of branches) {
    const depth = Math.max(0, ...branch.map((issue) => depthOf(issue)));
    if (depth > bestDepth) {
      best = branch;
      bestDepth = depth;
    }
  }
  return best;
}

function depthOf(issue: Issue): number {
  return issue.path.length + (issue.code === 'unrecognized_keys' ? 0.5 : 0);
}

function unsetNote(names: readonly string[]): string {
  return ` (the variable ${names.join(', ')} is not set)`;
}

function withoutUserinfo(text: string): string {
  return text.replaceAll(/\/\/[^/\s@]*@/g, '//[REDACTED]@');
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  null: 'empty',
};

function wordFor(expected: string): string {
  return WORDS[expected] ?? expected;
}
