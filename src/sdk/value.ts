/**
 * An OTLP `AnyValue` as JavaScript sees it. Exact: the type of the value is the type on the wire.
 *
 * | OTLP          | here                                   |
 * |---------------|----------------------------------------|
 * | stringValue   | `string`                               |
 * | boolValue     | `boolean`                              |
 * | intValue      | `bigint`, -2^63 … 2^63-1               |
 * | doubleValue   | `number`, NaN and ±Infinity included   |
 * | bytesValue    | `Uint8Array`                           |
 * | arrayValue    | array                                  |
 * | kvlistValue   | {@link KeyValueList}                   |
 * | (unset)       | `null`                                 |
 */
export type AttributeValue =
  | string
  | boolean
  | bigint
  | number
  | Uint8Array
  | readonly AttributeValue[]
  | KeyValueList
  | null;

/** A key with its value, as it stands on the wire. */
export type KeyValue = readonly [key: string, value: AttributeValue];

/** An OTLP `KeyValueList`: ordered, and a repeated key stays repeated. */
export class KeyValueList {
  readonly entries: readonly KeyValue[];

  constructor(entries: readonly KeyValue[]) {
    this.entries = entries;
  }

  /** The value of the first entry with this key, or `undefined`. */
  get(key: string): AttributeValue | undefined {
    return this.entries.find(([name]) => name === key)?.[1];
  }
}
