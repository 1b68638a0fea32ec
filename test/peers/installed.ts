import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where peers are kept between runs. */
const CACHE =
  process.env['COUNTERSIGN_PEERS_CACHE'] ?? join(homedir(), '.cache', 'countersign-peers');

const OTELCOL_VERSION = 'v0.165.0';
const HERE = new URL('.', import.meta.url).pathname;

function run(command: string, args: readonly string[], cwd?: string, env = {}): void {
  execFileSync(command, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** A Python with these packages; installed at the first call. */
export function python(name: string, packages: readonly string[]): string {
  const folder = join(CACHE, name);
  const binary = join(folder, 'bin', 'python');
  const done = join(folder, 'installed');
  if (!existsSync(done)) {
    mkdirSync(CACHE, { recursive: true });
    run('python3', ['-m', 'venv', folder]);
    run(binary, ['-m', 'pip', 'install', '--quiet', ...packages]);
    writeFileSync(done, packages.join('\n'));
  }
  return binary;
}

/** An OpenTelemetry Collector: COUNTERSIGN_OTELCOL, else one built with Go at the first call. */
export function otelcol(): string {
  const given = process.env['COUNTERSIGN_OTELCOL'];
  if (given !== undefined) return given;
  const folder = join(CACHE, `otelcol-${OTELCOL_VERSION}`);
  const binary = join(folder, 'otelcol');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const builder = `go.opentelemetry.io/collector/cmd/builder@${OTELCOL_VERSION}`;
    run('go', ['install', builder], folder, { GOBIN: folder });
    run(join(folder, 'builder'), [
      '--config',
      join(HERE, 'otelcol-builder.yaml'),
      '--skip-compilation',
      '--output-path',
      join(folder, 'source'),
    ]);
    const source = join(folder, 'source');
    run('go', ['mod', 'tidy', '-e'], source);
    run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', binary, '.'], source);
  }
  return binary;
}
