import type { ConfigRequest } from './config/sources.ts';

/**
 * A command line that only runs the daemon: `[run] --config X … --set a.b=c …`, as collectors are
 * started. `undefined` for everything else, which the command-line library reads: that costs 15 ms
 * and 10 MB, which a daemon need not pay.
 */
export function plainRun(argv: readonly string[]): ConfigRequest | undefined {
  const uris: string[] = [];
  const sets: string[] = [];
  const rest = argv[0] === 'run' ? argv.slice(1) : argv;
  for (let index = 0; index < rest.length; index += 1) {
    const [, name, attached] = /^--?(config|set)(?:=(.*))?$/s.exec(rest[index] ?? '') ?? [];
    if (name === undefined) return undefined;
    const value = attached ?? rest[(index += 1)];
    if (value === undefined) return undefined;
    (name === 'config' ? uris : sets).push(value);
  }
  return uris.length > 0 ? { uris, sets } : undefined;
}
