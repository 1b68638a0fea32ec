import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LedgerPage } from './ledger-page.ts';
import { poll } from './poll.ts';
import { parsePrometheus, type Scrape } from './prometheus.ts';
import { post, type HttpAnswer, type Posted } from './post.ts';

/** The checkout. */
export const ROOT = new URL('../..', import.meta.url).pathname;

/** The launcher, as a user calls it. */
export const LAUNCHER = join(ROOT, 'bin/countersign');

export interface DaemonOptions {
  /**
   * YAML text. `${env:IN}`, `${env:HEALTH}` and `${env:METRICS}` are free ports on 127.0.0.1;
   * health and metrics are set to them by {@link Daemon.start}.
   */
  readonly config: string;
  /** `${IN}` in a value stands for the receiver's port. */
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments. */
  readonly args?: readonly string[];
  /** Gives the daemon a pipe as stdin; `daemon.stdin` writes to it. Default: an empty stdin. */
  readonly stdin?: 'pipe';
  /**
   * `hold`: nobody reads stdout until `daemon.readStdout()`. `broken`: the read end is closed once
   * the daemon is ready.
   */
  readonly stdout?: 'hold' | 'broken';
  /** False: return without waiting until it is ready; for daemons that end by themselves. */
  readonly ready?: false;
  /** True: run `dist/` instead of the sources. */
  readonly built?: true;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Ports {
  readonly receiver: number;
  readonly health: number;
  readonly metrics: number;
}

/** The real daemon as a process of its own. */
export class Daemon implements AsyncDisposable {
  readonly ports: Ports;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  stdoutText = '';
  stderrText = '';
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(process: ChildProcess, ports: Ports, folder: string) {
    this.ports = ports;
    this.pid = process.pid ?? 0;
    this.#process = process;
    this.#folder = folder;
    this.exited = once(process, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
    // A daemon that has ended reads no more; that it ended is what the test looks at.
    process.stdin?.on('error', () => undefined);
    process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderrText += text));
  }

  /** Starts it and waits until it is ready. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const [receiver = 0, health = 0, metrics = 0] = await freePorts(3);
    const ports = { receiver, health, metrics };
    const folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
    const file = join(folder, 'countersign.yaml');
    writeFileSync(file, options.config);
    const child = spawn(LAUNCHER, argumentsOf(file, ports, options), {
      cwd: folder,
      env: {
        ...process.env,
        IN: `${receiver}`,
        HEALTH: `${health}`,
        METRICS: `${metrics}`,
        ...Object.fromEntries(
          Object.entries(options.env ?? {}).map(([name, value]) => [
            name,
            value.replaceAll('${IN}', `${receiver}`),
          ]),
        ),
      },
      stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
    });
    const daemon = new Daemon(child, ports, folder);
    if (options.stdout === undefined) daemon.readStdout();
    if (options.ready !== false) await daemon.#becomeReady();
    if (options.stdout === 'broken') child.stdout?.destroy();
    return daemon;
  }

  async #becomeReady(): Promise<void> {
    let exit: Exit | undefined;
    void this.exited.then((value) => (exit = value));
    try {
      await poll('the daemon to be ready', async () => {
        if (exit !== undefined) return true;
        const answer = await fetch(this.health('/readyz'));
        await answer.arrayBuffer();
        return answer.status === 200;
      });
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw new Error(`not ready:\n${this.stderrText}`, { cause: error });
    }
    if (exit !== undefined) {
      throw new Error(`ended with ${JSON.stringify(exit)}:\n${this.stderrText}`);
    }
  }

  /** Begins to read stdout. */
  readStdout(): void {
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdoutText += text;
    });
  }

  /** The read end of its stdout. */
  get stdout(): Readable {
    return this.#process.stdout as Readable;
  }

  /** The write end of its stdin; only with `stdin: 'pipe'`. */
  get stdin(): Writable {
    return this.#process.stdin as Writable;
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.receiver}`;
  }

  health(path: string): string {
    return `http://127.0.0.1:${this.ports.health}${path}`;
  }

  /** Sends one request to /v1/logs. */
  post(request: Posted): Promise<HttpAnswer> {
    return post(`${this.url}/v1/logs`, request);
  }

  async status(): Promise<{ readonly code: number; readonly body: Record<string, unknown> }> {
    const answer = await fetch(this.health('/status'));
    return { code: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  async ledger(): Promise<LedgerPage> {
    const answer = await fetch(this.health('/ledger'));
    return new LedgerPage(await answer.json());
  }

  /** Waits until nothing is on the way, and fails where the books do not balance then. */
  async booksAtRest(): Promise<LedgerPage> {
    const page = await poll('books at rest', async () => {
      const now = await this.ledger();
      return now.atRest && now;
    });
    const sentences = page.audit();
    if (sentences.length > 0) throw new Error(`the books do not balance: ${sentences.join('; ')}`);
    return page;
  }

  async metrics(): Promise<Scrape> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.metrics}/metrics`);
    return parsePrometheus(await answer.text());
  }

  /** Whole lines of stdout so far. */
  get lines(): string[] {
    return this.stdoutText.split('\n').slice(0, -1);
  }

  /** Waits until so many lines are on stdout; returns them parsed. */
  async events(count: number): Promise<Record<string, unknown>[]> {
    await poll(`${count} lines on stdout`, () => this.lines.length >= count);
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Waits until stderr matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return poll(`${pattern} on stderr`, () => pattern.exec(this.stderrText) ?? undefined);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Sends SIGTERM and waits for the end. */
  async stop(): Promise<Exit> {
    this.signal('SIGTERM');
    return this.exited;
  }

  /** Resident memory of the process, in bytes; with `peak`, the most it ever had. */
  residentBytes(peak = false): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const match = (peak ? /VmHWM:\s+(\d+)/ : /VmRSS:\s+(\d+)/).exec(status);
    return Number(match?.[1] ?? 0) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      this.#process.stdout?.destroy();
    }
    await this.exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function argumentsOf(file: string, ports: Ports, options: DaemonOptions): string[] {
  return [
    ...(options.built === true ? [] : ['--dev']),
    '--config',
    file,
    '--set',
    `service.health.endpoint=127.0.0.1:${ports.health}`,
    '--set',
    `service.telemetry.metrics.address=127.0.0.1:${ports.metrics}`,
    ...(options.args ?? []),
  ];
}

/** Runs `use` with a daemon and ends it, whatever happens. What it said is part of a failure. */
export async function withDaemon<T>(
  options: DaemonOptions | string,
  use: (daemon: Daemon) => Promise<T>,
): Promise<T> {
  await using daemon = await Daemon.start(
    typeof options === 'string' ? { config: options } : options,
  );
  try {
    return await use(daemon);
  } catch (error) {
    if (error instanceof Error && daemon.stderrText !== '') {
      error.message += `\n--- stderr of the daemon\n${daemon.stderrText.slice(-4000)}`;
    }
    throw error;
  }
}

/** Free ports on 127.0.0.1, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  return ports;
}
