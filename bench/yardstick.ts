import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

/** ns of CPU time for one `crypto.hash('sha256', 560 random bytes, 'buffer')`: median of 7. */
export function yardstickNs(): number {
  const bytes = randomBytes(560);
  const rounds: number[] = [];
  for (let round = 0; round < 9; round++) {
    const calls = 100_000;
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call++) hash('sha256', bytes, 'buffer');
    const { user, system } = process.cpuUsage(before);
    // The first two warm up.
    if (round >= 2) rounds.push(((user + system) * 1000) / calls);
  }
  return rounds.toSorted((a, b) => a - b)[3] ?? 0;
}

/** The same in a process of its own: in one with a large heap the collector's work would count. */
export function yardstickApartNs(): number {
  return Number(
    execFileSync(process.execPath, [fileURLToPath(import.meta.url)], { encoding: 'utf8' }),
  );
}

if (import.meta.main) process.stdout.write(`${yardstickNs().toFixed(0)}\n`);
