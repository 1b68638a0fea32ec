import type { ComponentDefinition, ComponentKind, Schema } from '../sdk/index.ts';
import { jsonSchemaOf } from './outline.ts';
import type { JsonSchema } from './outline.ts';

const NAME = '(?:/[^\\p{Z}\\p{C}\\p{S}]+)?';

/**
 * The JSON Schema (2020-12) of a whole configuration, for editors and CI: every component under
 * every id it may have. `${…}` may stand wherever a number or a word is wanted, so such a text is
 * always taken here; `countersign validate` knows better.
 */
export function configSchema(
  definitions: readonly ComponentDefinition[],
  service: Schema<unknown>,
): JsonSchema {
  const section = (kind: ComponentKind): JsonSchema => ({
    type: ['object', 'null'],
    patternProperties: Object.fromEntries(
      definitions
        .filter((definition) => definition.kind === kind)
        .flatMap((definition) =>
          [definition.type, ...(definition.aliases ?? [])].map((type) => [
            `^${type}${NAME}$`,
            {
              description: definition.summary,
              anyOf: [substitutable(jsonSchemaOf(definition.schema)), { type: 'null' }],
            },
          ]),
        ),
    ),
    additionalProperties: false,
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'countersign configuration',
    type: 'object',
    properties: {
      receivers: section('receiver'),
      processors: section('processor'),
      exporters: section('exporter'),
      extensions: section('extension'),
      service: substitutable(jsonSchemaOf(service)),
      tests: { description: 'Tests of this pipeline; the daemon does not read them.' },
    },
    required: ['service'],
    additionalProperties: false,
  };
}

const SUBSTITUTION: JsonSchema = { type: 'string', pattern: '\\$\\{.*\\}' };

/** Lets `${…}` stand for every value, and an empty value for every map. */
function substitutable(schema: JsonSchema): JsonSchema {
  const inner: Record<string, unknown> = { ...schema };
  if (schema.properties !== undefined) {
    inner['properties'] = Object.fromEntries(
      Object.entries(schema.properties).map(([key, value]) => [key, orSubstitution(value)]),
    );
  }
  if (typeof schema.additionalProperties === 'object') {
    inner['additionalProperties'] = orSubstitution(schema.additionalProperties);
  }
  if (schema.items !== undefined) inner['items'] = orSubstitution(schema.items);
  if (schema.anyOf !== undefined) inner['anyOf'] = schema.anyOf.map(substitutable);
  return inner;
}

function orSubstitution(schema: JsonSchema): JsonSchema {
  const { description, default: fallback, ...rest } = substitutable(schema);
  return {
    ...(description !== undefined && { description }),
    ...(fallback !== undefined && { default: fallback }),
    anyOf: [rest, SUBSTITUTION, { type: 'null' }],
  };
}
