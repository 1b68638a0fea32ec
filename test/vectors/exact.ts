import { KeyValueList, type AttributeValue } from '../../src/index.ts';

/** A JavaScript value that came from JSON with its numbers still told apart. */
type Exact =
  | string
  | boolean
  | number
  | bigint
  | null
  | readonly Exact[]
  | { [key: string]: Exact };

/**
 * Parses JSON so that `1` is a `bigint` and `1.0` a `number`, which `JSON.parse` alone makes the
 * same. Independent of the parser under test.
 */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source: string }) => {
    if (typeof value !== 'number' || context === undefined) return value;
    return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
  });
}

/** The same as the value an event holds. */
export function attributeValue(value: unknown): AttributeValue {
  const exact = value as Exact;
  if (typeof exact !== 'object' || exact === null) return exact;
  if (Array.isArray(exact)) return exact.map(attributeValue);
  const entries = Object.entries(exact as Record<string, Exact>);
  return new KeyValueList(entries.map(([key, member]) => [key, attributeValue(member)]));
}
