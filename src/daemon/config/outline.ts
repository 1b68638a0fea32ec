import { SECRET_FORMAT } from '../../sdk/index.ts';

/** The part of a JSON Schema that explaining, showing and describing a configuration needs. */
export interface Outline {
  readonly type?: string | readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, Outline | boolean>> | undefined;
  readonly additionalProperties?: Outline | boolean | undefined;
  readonly items?: Outline | boolean | readonly (Outline | boolean)[] | undefined;
  readonly anyOf?: readonly (Outline | boolean)[] | undefined;
  readonly oneOf?: readonly (Outline | boolean)[] | undefined;
  readonly allOf?: readonly (Outline | boolean)[] | undefined;
  readonly format?: string | undefined;
  readonly default?: unknown;
  readonly description?: string | undefined;
  readonly title?: string | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly required?: readonly string[] | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
}

function isOutline(value: unknown): value is Outline {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The schema itself and every branch of its unions. */
export function branchesOf(outline: Outline): Outline[] {
  const branches = [outline];
  for (const inner of [
    ...(outline.anyOf ?? []),
    ...(outline.oneOf ?? []),
    ...(outline.allOf ?? []),
  ]) {
    if (isOutline(inner)) branches.push(...branchesOf(inner));
  }
  return branches;
}

/** Every schema that may describe the value at a path. */
function outlinesAt(root: Outline, path: readonly PropertyKey[]): Outline[] {
  let here = branchesOf(root);
  for (const key of path) {
    const next: Outline[] = [];
    for (const outline of here) {
      const inner =
        typeof key === 'number'
          ? outline.items
          : (outline.properties?.[String(key)] ?? outline.additionalProperties);
      if (isOutline(inner)) next.push(...branchesOf(inner));
    }
    here = next;
  }
  return here;
}

/** The map schema at a path, with the keys of all its branches; `undefined` when it is no map. */
export function allowedAt(root: Outline, path: readonly PropertyKey[]): Outline | undefined {
  const maps = outlinesAt(root, path).filter((outline) => outline.properties !== undefined);
  if (maps.length === 0) return undefined;
  return { type: 'object', properties: Object.assign({}, ...maps.map((map) => map.properties)) };
}

/** Is the value at a path, or one that may stand there, a secret? */
export function isSecretAt(root: Outline, path: readonly PropertyKey[]): boolean {
  return outlinesAt(root, path).some((outline) => outline.format === SECRET_FORMAT);
}

/** The value with the schema's defaults wherever nothing was written. */
export function withDefaults(root: Outline, value: unknown): unknown {
  if (Array.isArray(value)) {
    const [items] = outlinesAt(root, [0]);
    return items === undefined ? value : value.map((item) => withDefaults(items, item));
  }
  if (typeof value !== 'object' || value === null) return value;
  const map = allowedAt(root, []);
  const filled: Record<string, unknown> = { ...value };
  for (const [key, inner] of Object.entries(map?.properties ?? {})) {
    if (!isOutline(inner)) continue;
    const written = filled[key];
    const start = written === undefined ? inner.default : written;
    if (start !== undefined) filled[key] = withDefaults(inner, start);
  }
  return filled;
}
