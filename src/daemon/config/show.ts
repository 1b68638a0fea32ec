import { stringify } from 'yaml';
import type { ComponentDefinition, ComponentKind, Schema } from '../../sdk/index.ts';
import { outlineOf, writtenAs } from './check.ts';
import { SECTION_OF, definitionOf, isEmpty, splitId } from './components.ts';
import { isSecretAt, withDefaults } from './outline.ts';
import type { Outline } from './outline.ts';
import { serviceSchema } from './settings.ts';
import { entriesOf } from './tree.ts';
import type { ConfigNode } from './tree.ts';

export type ShowMode = 'redacted' | 'unredacted';
export type ShowFormat = 'yaml' | 'json';

/** The effective configuration, defaults filled in; secrets as `[REDACTED]` unless asked for. */
export function showConfig(
  tree: ConfigNode,
  definitions: readonly ComponentDefinition[],
  mode: ShowMode,
  format: ShowFormat,
): string {
  const shown: Record<string, unknown> = {};
  for (const [key, { node }] of entriesOf(tree)) {
    const kind = kindOf(key);
    if (kind !== undefined) {
      shown[key] = Object.fromEntries(
        [...entriesOf(node)].map(([id, entry]) => {
          const definition = definitionOf(
            definitions.filter((candidate) => candidate.kind === kind),
            splitId(id)?.type ?? '',
          );
          return [id, effective(entry.node, definition?.schema, mode)];
        }),
      );
    } else if (key === 'service') {
      shown[key] = effective(node, serviceSchema, mode);
    }
  }
  return format === 'json'
    ? `${JSON.stringify(shown, undefined, 2)}\n`
    : stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false });
}

function kindOf(section: string): ComponentKind | undefined {
  return (Object.keys(SECTION_OF) as ComponentKind[]).find((kind) => SECTION_OF[kind] === section);
}

function effective(node: ConfigNode, schema: Schema<unknown> | undefined, mode: ShowMode): unknown {
  // A component nobody knows has no schema that says what is secret in it.
  if (schema === undefined) return isEmpty(node) ? {} : '[REDACTED]';
  const outline = outlineOf(schema);
  const plain = withDefaults(outline, isEmpty(node) ? {} : writtenAs(schema, node));
  return mode === 'redacted' ? redacted(plain, outline, []) : plain;
}

function redacted(value: unknown, outline: Outline, path: readonly PropertyKey[]): unknown {
  if (isSecretAt(outline, path) && typeof value !== 'object') return '[REDACTED]';
  if (Array.isArray(value)) {
    return value.map((item, index) => redacted(item, outline, [...path, index]));
  }
  if (typeof value === 'string') return value.replaceAll(/\/\/[^/\s@]*@/g, '//[REDACTED]@');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, redacted(inner, outline, [...path, key])]),
  );
}
