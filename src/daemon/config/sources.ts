import { messageOf } from '../../sdk/index.ts';
import { parseConfigText, yamlScalar } from './parse.ts';
import type { ProblemList } from './problem.ts';
import type { Surroundings } from './substitute.ts';
import { merge, nest } from './tree.ts';
import type { ConfigNode, MapEntry } from './tree.ts';

/** Most `--config` of one start, as in the Collector. */
const SOURCES_MAX = 100;

/** What the command line says: where the configuration is, and single values on top of it. */
export interface ConfigRequest {
  /** A path, `file:PATH`, `env:NAME` or `yaml:TEXT`; later ones are laid over earlier ones. */
  readonly uris: readonly string[];
  /** `a.b=c`, laid over everything else. */
  readonly sets: readonly string[];
}

/** Reads and merges all sources. `undefined` when nothing usable was read. */
export function readSources(
  request: ConfigRequest,
  surroundings: Surroundings,
  problems: ProblemList,
): ConfigNode | undefined {
  if (request.uris.length === 0) {
    problems.error(
      '',
      'no configuration; give at least one --config FILE',
      undefined,
      'CS_USAGE_INVALID',
    );
    return undefined;
  }
  if (request.uris.length > SOURCES_MAX) {
    problems.error('', `more than ${SOURCES_MAX} --config`, undefined, 'CS_USAGE_INVALID');
    return undefined;
  }
  let merged: ConfigNode | undefined;
  const layers = [
    ...request.uris.map((uri) => readSource(uri, surroundings, problems)),
    ...request.sets.map((assignment) => readAssignment(assignment, problems)),
  ];
  for (const layer of layers) {
    if (layer === undefined) continue;
    merged = merged === undefined ? layer : merge(merged, layer);
  }
  return merged;
}

function readSource(
  uri: string,
  surroundings: Surroundings,
  problems: ProblemList,
): ConfigNode | undefined {
  const [, scheme, rest] = /^(file|env|yaml|https?):(.*)$/s.exec(uri) ?? [];
  switch (scheme) {
    case 'env': {
      const text = surroundings.env(rest ?? '');
      if (text !== undefined) return mapRead(text, uri, problems);
      problems.error(
        '',
        `the variable ${rest ?? ''} is not set (--config ${uri})`,
        undefined,
        'CS_CONFIG_UNREADABLE',
      );
      return undefined;
    }
    case 'yaml': {
      const node = mapRead(rest ?? '', 'yaml:', problems);
      return node === undefined ? undefined : splitKeys(node);
    }
    case 'http':
    case 'https':
      problems.error(
        '',
        `--config ${uri}: nothing is fetched over the network; give a file`,
        undefined,
      );
      return undefined;
    default:
      return readFile(scheme === 'file' ? (rest ?? '') : uri, surroundings, problems);
  }
}

function readFile(
  path: string,
  surroundings: Surroundings,
  problems: ProblemList,
): ConfigNode | undefined {
  let text: string;
  try {
    text = surroundings.readFile(path);
  } catch (error) {
    problems.error(
      '',
      `cannot read ${path}: ${messageOf(error)}`,
      undefined,
      'CS_CONFIG_UNREADABLE',
    );
    return undefined;
  }
  return mapRead(text, path, problems);
}

/** A source is a map; an empty one says nothing. */
function mapRead(text: string, source: string, problems: ProblemList): ConfigNode | undefined {
  const node = parseConfigText(text, source, problems);
  if (node === undefined || node.kind === 'map') return node;
  if (node.kind === 'scalar' && node.value === null) return undefined;
  problems.error('', 'a configuration is a map with receivers, exporters, service …', node.place);
  return undefined;
}

/** `yaml:exporters::debug::verbosity: detailed`: the Collector's path separator in keys. */
function splitKeys(node: ConfigNode): ConfigNode {
  if (node.kind !== 'map') return node;
  let result: ConfigNode = { ...node, entries: new Map<string, MapEntry>() };
  for (const [key, entry] of node.entries) {
    const inner = splitKeys(entry.node);
    result = merge(result, nest(key.split('::'), inner));
  }
  return result;
}

function readAssignment(assignment: string, problems: ProblemList): ConfigNode | undefined {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(equals, 0)).trim();
  if (equals < 0 || path === '' || path.split('.').includes('')) {
    problems.error(
      '',
      `--set ${assignment}: write --set path.to.key=value`,
      undefined,
      'CS_USAGE_INVALID',
    );
    return undefined;
  }
  const text = assignment.slice(equals + 1);
  const place = { source: `--set ${path}`, line: 0, column: 0 };
  const node = valueOf(text, place.source, problems);
  if (node === undefined) return undefined;
  return nest(path.split('.'), { ...node, place });
}

/** The value of `--set`: YAML, and what is not YAML is text. */
function valueOf(text: string, source: string, problems: ProblemList): ConfigNode | undefined {
  if (/^\s*[[{"']/.test(text)) return parseConfigText(text, source, problems);
  const place = { source, line: 0, column: 0 };
  return {
    kind: 'scalar',
    place,
    value: yamlScalar(text),
    text,
    quoted: false,
    substituted: false,
  };
}
