import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, Deadline } from '../../../sdk/index.ts';
import { openOutput, type OutputDescriptor, type Room } from './descriptor.ts';
import { LineWriter } from './writer.ts';

const realClock: Clock = {
  wallMs: () => 0,
  monotonicMs: () => 0,
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    const cancel = (): void => clearTimeout(timer);
    return { cancel, [Symbol.dispose]: cancel };
  },
};

const endless = (): Deadline => new Deadline(realClock, Number.POSITIVE_INFINITY);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const lines = (...all: string[]) => {
  const bytes = Buffer.from(all.map((line) => `${line}\n`).join(''));
  return () => bytes;
};

/** An output that follows a script: a number is how much it takes, a text the code it throws. */
class ScriptedOutput implements OutputDescriptor {
  readonly out: number[] = [];
  readonly #script: (number | string)[];
  calledOff = 0;
  release: ((room: Room) => void) | undefined;

  constructor(script: (number | string)[]) {
    this.#script = script;
  }

  write(bytes: Uint8Array, start: number): number {
    const step = this.#script.shift() ?? Number.POSITIVE_INFINITY;
    if (typeof step === 'string') throw Object.assign(new Error(step), { code: step });
    const taken = bytes.subarray(start, start + step);
    this.out.push(...taken);
    return taken.length;
  }

  wait(_bytes: Uint8Array, _start: number, done: (room: Room) => void): () => void {
    if (this.#script[0] === 'hold') {
      this.#script.shift();
      this.release = done;
    } else queueMicrotask(() => done({ kind: 'room', written: 0 }));
    return () => {
      this.calledOff += 1;
    };
  }

  close(): void {}

  get text(): string {
    return text(Uint8Array.from(this.out));
  }
}

describe('one write after the other', () => {
  test('what goes out in pieces arrives whole and in order', async () => {
    const output = new ScriptedOutput([1, 0, 2, 0, 1]);
    const writer = new LineWriter(output);
    const all = await Promise.all([
      writer.write(lines('first'), endless()),
      writer.write(lines('second', 'third'), endless()),
    ]);
    expect(output.text).toBe('first\nsecond\nthird\n');
    expect(all).toEqual([
      { bytes: 6, fault: undefined },
      { bytes: 13, fault: undefined },
    ]);
  });

  test('lines are made when it is their turn', async () => {
    const output = new ScriptedOutput([1]);
    const writer = new LineWriter(output);
    const seen: string[] = [];
    const print = (line: string) => () => {
      seen.push(`${line} after ${JSON.stringify(output.text)}`);
      return Buffer.from(`${line}\n`);
    };
    await Promise.all([writer.write(print('a'), endless()), writer.write(print('b'), endless())]);
    expect(seen).toEqual(['a after ""', 'b after "a\\n"']);
  });

  test('a fault tells how much was out before it', async () => {
    const output = new ScriptedOutput([9, 'EPIPE']);
    const written = await new LineWriter(output).write(lines('first', 'second'), endless());
    expect(written).toEqual({ bytes: 9, fault: { code: 'EPIPE' } });
  });

  test('a line cut by a full disk is finished before the next one', async () => {
    const output = new ScriptedOutput([9, 'ENOSPC', 'ENOSPC']);
    const writer = new LineWriter(output);
    await writer.write(lines('first', 'second', 'third'), endless());
    expect(await writer.write(lines('fourth'), endless())).toEqual({
      bytes: 0,
      fault: { code: 'ENOSPC' },
    });
    await writer.write(lines('fifth'), endless());
    expect(output.text).toBe('first\nsecond\nfifth\n');
  });

  test('a deadline ends the wait and calls it off', async () => {
    const output = new ScriptedOutput([3, 'hold']);
    const writer = new LineWriter(output);
    const deadline = endless();
    const written = writer.write(lines('first'), deadline);
    await Promise.resolve();
    deadline.expire();
    expect(await written).toEqual({ bytes: 3, fault: 'expired' });
    expect(output.calledOff).toBe(1);
  });

  test('lines that cannot be made stop nobody else', async () => {
    const output = new ScriptedOutput([1]);
    const writer = new LineWriter(output);
    const broken = (): Uint8Array => {
      throw new RangeError('no memory');
    };
    const all = await Promise.allSettled([
      writer.write(broken, endless()),
      writer.write(lines('a'), endless()),
      writer.write(broken, endless()),
      writer.write(lines('b'), endless()),
    ]);
    expect(all.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(output.text).toBe('a\nb\n');
  });

  test('who waits behind a stuck write has a deadline all the same, and writes nothing', async () => {
    const output = new ScriptedOutput([3, 'hold']);
    const writer = new LineWriter(output);
    const first = writer.write(lines('first'), endless());
    const deadline = endless();
    const second = writer.write(lines('second'), deadline);
    deadline.expire();
    expect(await second).toEqual({ bytes: 0, fault: 'expired' });
    output.release?.({ kind: 'room', written: 0 });
    await first;
    await writer.write(lines('third'), endless());
    expect(output.text).toBe('first\nthird\n');
  });

  test('nothing is written after its deadline, nor called off twice', async () => {
    const output = new ScriptedOutput([]);
    const deadline = endless();
    deadline.expire();
    expect(await new LineWriter(output).write(lines('late'), deadline)).toEqual({
      bytes: 0,
      fault: 'expired',
    });
    expect(output.text).toBe('');
  });
});

describe('real descriptors', () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0).reverse()) cleanup();
  });

  function temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-stdout-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    return folder;
  }

  test('a file takes everything, behind what stands in it', async () => {
    const path = join(temporaryFolder(), 'out');
    const fd = openSync(path, 'a');
    cleanups.push(() => closeSync(fd));
    const writer = new LineWriter(openOutput(fd, realClock));
    await writer.write(lines('a'.repeat(300_000)), endless());
    await writer.write(lines('b'), endless());
    expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(300_000)}\nb\n`);
  });

  test('a full device says so', async () => {
    const fd = openSync('/dev/full', 'w');
    cleanups.push(() => closeSync(fd));
    const written = await new LineWriter(openOutput(fd, realClock)).write(lines('x'), endless());
    expect(written).toEqual({ bytes: 0, fault: { code: 'ENOSPC' } });
  });

  test('a descriptor that is not open says so', async () => {
    const written = await new LineWriter(openOutput(987, realClock)).write(lines('x'), endless());
    expect(written).toEqual({ bytes: 0, fault: { code: 'EBADF' } });
  });

  /** A process of its own that prints `count` lines through the writer, behind a shell pipeline. */
  async function printThrough(pipeline: string, ...given: string[]) {
    const program = join(import.meta.dirname, 'testing', 'print.ts');
    const shell = spawn('sh', [
      '-c',
      `"$0" "$1" "$2" "$3" ${pipeline}`,
      process.execPath,
      program,
      ...given,
    ]);
    const output: Buffer[] = [];
    const notes: Buffer[] = [];
    shell.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    shell.stderr.on('data', (chunk: Buffer) => notes.push(chunk));
    await new Promise((resolve) => shell.once('close', resolve));
    return { output: Buffer.concat(output), notes: JSON.parse(Buffer.concat(notes).toString()) };
  }

  const LINE_BYTES = 1_001;

  test('a pipe gets every line, whatever its size', async () => {
    const { output, notes } = await printThrough('| cat', '5000', '0');
    expect(notes).toEqual([{ bytes: 5_000 * LINE_BYTES }]);
    expect(output.length).toBe(5_000 * LINE_BYTES);
  });

  test('a socket gets every line', async () => {
    const { output, notes } = await printThrough('', '5000', '0');
    expect(notes).toEqual([{ bytes: 5_000 * LINE_BYTES }]);
    expect(output.length).toBe(5_000 * LINE_BYTES);
  });

  test('a reader that goes away is a broken pipe, counted to the byte', async () => {
    const { notes } = await printThrough('| head -c 100 >/dev/null', '5000', '0');
    expect(notes[0].fault).toEqual({ code: 'EPIPE' });
    expect(notes[0].bytes).toBeLessThan(5_000 * LINE_BYTES);
  });

  test('a reader that stands still costs the deadline, not the process, and gets no half line', async () => {
    // It reads a little, so that there is room while the writer waits, and goes on when the first
    // write has given up; then the second finishes the cut line.
    const fifo = join(temporaryFolder(), 'go');
    const { output, notes } = await printThrough(
      `| { mkfifo ${fifo}; sleep 0.1; dd bs=4096 count=3 2>/dev/null; read go < ${fifo}; cat; }`,
      '200',
      fifo,
    );
    expect(notes[0].fault).toBe('expired');
    expect(notes[1].fault).toBe(undefined);
    const whole = output.toString('latin1').split('\n');
    expect(whole.pop()).toBe('');
    expect(whole.every((line) => line.length === LINE_BYTES - 1)).toBe(true);
    const cut = notes[0].bytes % LINE_BYTES === 0 ? 0 : 1;
    expect(whole.length).toBe(Math.floor(notes[0].bytes / LINE_BYTES) + cut + 200);
  });
});
