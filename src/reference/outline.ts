import { z } from '../sdk/index.ts';
import type { Schema } from '../sdk/index.ts';

/** A JSON Schema, as far as pages and editors need it. */
export interface JsonSchema {
  readonly [key: string]: unknown;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
}

/** The JSON Schema (2020-12) of what may be written for a schema, without its `$schema` line. */
export function jsonSchemaOf(schema: Schema<unknown>): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    target: 'draft-2020-12',
  });
  // Plain JSON from here on: what the library hangs on its objects is none of ours.
  return JSON.parse(JSON.stringify(rest)) as JsonSchema;
}

/** One key of a component, at any depth. */
export interface KeyRow {
  /** `protocols.http.endpoint`. */
  readonly path: string;
  readonly type: string;
  /** As it is written in YAML; `required` without one. */
  readonly fallback: string;
  readonly meaning: string;
}

/** All keys below a schema, parents before their children. */
export function keyRows(schema: JsonSchema, prefix = ''): KeyRow[] {
  const map = mapOf(schema);
  const rows: KeyRow[] = [];
  for (const [key, inner] of Object.entries(map?.properties ?? {})) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    rows.push({
      path,
      type: typeText(inner),
      fallback: fallbackText(inner, map?.required?.includes(key) ?? false),
      meaning: inner.description ?? mapOf(inner)?.description ?? '',
    });
    rows.push(...keyRows(inner, path));
  }
  return rows;
}

/** The map among a schema's branches: `{…} | null` is a map that may be left empty. */
function mapOf(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties !== undefined) return schema;
  return schema.anyOf?.find((branch) => branch.properties !== undefined);
}

function typeText(schema: JsonSchema): string {
  if (schema.format === 'secret') return 'secret';
  if (schema.title !== undefined) return schema.title;
  if (schema.enum !== undefined)
    return schema.enum.map((value) => `\`${valueText(value)}\``).join(', ');
  if (schema.const !== undefined) return `\`${valueText(schema.const)}\``;
  if (schema.anyOf !== undefined) {
    const branches = schema.anyOf.filter((branch) => branch.type !== 'null');
    return [...new Set(branches.map((branch) => typeText(branch)))].join(' or ');
  }
  switch (schema.type) {
    case 'array':
      return `list of ${schema.items === undefined ? 'anything' : typeText(schema.items)}`;
    case 'object':
      return typeof schema.additionalProperties === 'object' && schema.properties === undefined
        ? `map of ${typeText(schema.additionalProperties)}`
        : 'map';
    case 'integer':
    case 'number':
      return rangeText(schema);
    case undefined:
      return 'anything';
    default:
      return typeof schema.type === 'string' ? schema.type : schema.type.join(' or ');
  }
}

/** The limits that a whole number has by being a JavaScript number say nothing. */
function rangeText({ type, minimum, maximum }: JsonSchema): string {
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER;
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  const word = type === 'integer' ? 'integer' : 'number';
  if (low && high) return `${word}, ${minimum} … ${maximum}`;
  if (low) return `${word} ≥ ${minimum}`;
  return high ? `${word} ≤ ${maximum}` : word;
}

function fallbackText(schema: JsonSchema, required: boolean): string {
  const { default: fallback } = schema;
  if (fallback === undefined) return required ? 'required' : '–';
  if (typeof fallback === 'object' && fallback !== null) {
    if (mapOf(schema) !== undefined) return '';
    return `\`${JSON.stringify(fallback)}\``;
  }
  return `\`${valueText(fallback)}\``;
}

/** A scalar as YAML has it. */
function valueText(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
