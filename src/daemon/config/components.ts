import type { ComponentDefinition, ComponentKind } from '../../sdk/index.ts';
import { check } from './check.ts';
import { foreignComponent } from './foreign.ts';
import type { Configured } from './graph.ts';
import { suggestion } from './nearest.ts';
import type { Place, ProblemList } from './problem.ts';
import { entriesOf } from './tree.ts';
import type { ConfigNode, MapNode } from './tree.ts';

export const SECTION_OF = {
  receiver: 'receivers',
  processor: 'processors',
  exporter: 'exporters',
  extension: 'extensions',
} as const satisfies Record<ComponentKind, string>;

/** Extensions that are a part of the daemon here; accepted, and no component. */
export const BUILT_IN_EXTENSIONS: ReadonlySet<string> = new Set(['health_check', 'healthcheckv2']);

const TYPE_PATTERN = /^[a-zA-Z][0-9a-zA-Z_]{0,62}$/;
const NAME_PATTERN = /^[^\p{Z}\p{C}\p{S}]{1,1024}$/u;

/** A component id taken apart; `undefined` when it is none. */
export function splitId(id: string): { type: string; name: string | undefined } | undefined {
  const slash = id.indexOf('/');
  const type = (slash < 0 ? id : id.slice(0, slash)).trim();
  const name = slash < 0 ? undefined : id.slice(slash + 1).trim();
  if (!TYPE_PATTERN.test(type)) return undefined;
  if (name !== undefined && !NAME_PATTERN.test(name)) return undefined;
  return { type, name };
}

/** The definition of a type, by its name or by a deprecated one. */
export function definitionOf<Definition extends ComponentDefinition>(
  definitions: readonly Definition[],
  type: string,
): Definition | undefined {
  return (
    definitions.find((definition) => definition.type === type) ??
    definitions.find((definition) => definition.aliases?.includes(type))
  );
}

/** One section of the file, checked: what could be made, and every id that was written. */
export interface Section<Definition extends ComponentDefinition> {
  readonly made: ReadonlyMap<string, Configured<Definition>>;
  readonly written: ReadonlyMap<string, Place>;
}

/** Checks the components of one section; an empty value means all defaults. */
export function checkSection<Definition extends ComponentDefinition>(
  kind: Definition['kind'],
  root: ConfigNode,
  definitions: readonly Definition[],
  problems: ProblemList,
): Section<Definition> {
  const section = SECTION_OF[kind];
  const made = new Map<string, Configured<Definition>>();
  const written = new Map<string, Place>();
  const node = entriesOf(root).get(section)?.node;
  if (node !== undefined && node.kind !== 'map' && !isEmpty(node)) {
    problems.error(section, 'must be a map of ids to settings', node.place);
  }
  for (const [id, { keyPlace, node: value }] of entriesOf(node)) {
    written.set(id, keyPlace);
    const path = [section, id];
    const parts = splitId(id);
    if (parts === undefined) {
      problems.error(
        `${section}.${id}`,
        `"${id}" is not an id; write type or type/name, for example ${definitions[0]?.type ?? 'type'}/one`,
        keyPlace,
      );
      continue;
    }
    if (kind === 'extension' && BUILT_IN_EXTENSIONS.has(parts.type)) continue;
    const definition = definitionOf(definitions, parts.type);
    if (definition === undefined) {
      problems.error(`${section}.${id}`, unknownType(kind, parts.type, definitions), keyPlace);
      continue;
    }
    const config = check(
      definition.schema,
      isEmpty(value) ? emptyMap(value) : value,
      path,
      problems,
    );
    if (config !== undefined) made.set(id, { definition, config });
  }
  return { made, written };
}

function unknownType(
  kind: ComponentKind,
  type: string,
  definitions: readonly ComponentDefinition[],
): string {
  const foreign = foreignComponent(SECTION_OF[kind], type);
  if (foreign !== undefined) return `${type} is known from the Collector: ${foreign}`;
  const names = definitions.map((definition) => definition.type);
  const known = names.length > 0 ? names.join(', ') : 'none';
  return `"${type}" is not a known ${kind}${suggestion(type, names)} (known: ${known})`;
}

/** Written with nothing behind the colon. */
export function isEmpty(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function emptyMap(node: ConfigNode): MapNode {
  return { kind: 'map', place: node.place, entries: new Map() };
}
