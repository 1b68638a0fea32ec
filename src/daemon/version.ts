import { readFileSync } from 'node:fs';

/** The version of the package, from its package.json; `dist/` and `src/` are equally deep. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version: found } = JSON.parse(text) as { version?: unknown };
  return typeof found === 'string' ? found : 'unknown';
}
