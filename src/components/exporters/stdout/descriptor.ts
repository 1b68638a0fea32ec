import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { Socket } from 'node:net';
import { isatty } from 'node:tty';
import type { Clock } from '../../../sdk/index.ts';

/** Writes of up to this many bytes to a pipe happen whole or not at all (POSIX, write: PIPE_BUF). */
export const ATOMIC_BYTES = 4_096;

const WAIT_MS_MIN = 1;
const WAIT_MS_MAX = 50;

/** What waiting for room came to. `written` bytes went out meanwhile. */
export type Room =
  | { readonly kind: 'room'; readonly written: number }
  | { readonly kind: 'broken'; readonly error: unknown };

/**
 * A descriptor that is written to without ever blocking the thread.
 *
 * Not `process.stdout`, which hides how much of a chunk went out, and not `fs.write`: a write that
 * waits for a reader would hold one of four pool threads and keep the process from exiting.
 */
export interface OutputDescriptor {
  /** Bytes taken, 0 when there is no room now. Throws what the system says, never EAGAIN. */
  write(bytes: Uint8Array, start: number): number;
  /**
   * Calls back once there may be room; to wait it may write some bytes from `start` on. The
   * function it returns calls the waiting off, after which no byte of it goes out.
   */
  wait(bytes: Uint8Array, start: number, done: (room: Room) => void): () => void;
  close(): void;
}

function writeNow(fd: number, bytes: Uint8Array, start: number): number {
  try {
    return writeSync(fd, bytes, start, bytes.length - start);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw thrown;
  }
}

/** Asks again after 1, 2, 4 … 50 ms. For what tells nobody when there is room. */
class PolledDescriptor implements OutputDescriptor {
  readonly #fd: number;
  readonly #clock: Clock;
  readonly #owned: Socket | number | undefined;
  #waitMs = WAIT_MS_MIN;

  /** `owned`: what keeps the descriptor non-blocking, or is to be closed with it. */
  constructor(fd: number, clock: Clock, owned?: Socket | number) {
    this.#fd = fd;
    this.#clock = clock;
    this.#owned = owned;
  }

  write(bytes: Uint8Array, start: number): number {
    const written = writeNow(this.#fd, bytes, start);
    if (written > 0) this.#waitMs = WAIT_MS_MIN;
    return written;
  }

  wait(_bytes: Uint8Array, _start: number, done: (room: Room) => void): () => void {
    const timer = this.#clock.after(this.#waitMs, () => done({ kind: 'room', written: 0 }));
    this.#waitMs = Math.min(this.#waitMs * 2, WAIT_MS_MAX);
    return () => timer.cancel();
  }

  close(): void {
    if (typeof this.#owned === 'number') closeSync(this.#owned);
  }
}

/**
 * A pipe opened a second time, so that O_NONBLOCK is on our own file description and not on the one
 * that the shell and other programs share. The event loop says when there is room: it is given the
 * next bytes, few enough to go out whole or not at all, so that counting stays exact.
 */
class ReopenedPipe implements OutputDescriptor {
  readonly #path: string;
  #fd: number | undefined;
  #socket: Socket | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openForReader(path);
  }

  write(bytes: Uint8Array, start: number): number {
    // Nobody reads: the next reader of a named pipe is found here, at the next attempt.
    this.#fd ??= openForReader(this.#path);
    if (this.#fd === undefined) throw new BrokenPipe();
    return writeNow(this.#fd, bytes, start);
  }

  wait(bytes: Uint8Array, start: number, done: (room: Room) => void): () => void {
    const piece = bytes.subarray(start, start + ATOMIC_BYTES);
    const socket = (this.#socket ??= new Socket({ fd: this.#fd as number, readable: false }));
    const failed = (error: unknown): void => {
      this.close();
      done({ kind: 'broken', error });
    };
    socket.once('error', failed);
    socket.write(piece, (error) => {
      if (error !== null && error !== undefined) return;
      socket.off('error', failed);
      done({ kind: 'room', written: piece.length });
    });
    return () => {
      socket.off('error', failed);
      this.close();
    };
  }

  /** Takes back what was not written yet. The next write opens the pipe again. */
  close(): void {
    if (this.#socket !== undefined) this.#socket.on('error', () => {}).destroy();
    else if (this.#fd !== undefined) closeSync(this.#fd);
    this.#socket = undefined;
    this.#fd = undefined;
  }
}

class BrokenPipe extends Error {
  readonly code = 'EPIPE';
}

/** `undefined` when nobody has the other end open. */
function openForReader(path: string): number | undefined {
  try {
    return openNonBlocking(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw thrown;
  }
}

function openNonBlocking(path: string): number {
  return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}

/** Linux opens the same pipe or terminal afresh under this name; elsewhere it is a mere duplicate. */
function pathOf(fd: number): string | undefined {
  const path = `/proc/self/fd/${fd}`;
  return existsSync(path) ? path : undefined;
}

/** The descriptor, written to in the way that fits what is behind it. */
export function openOutput(fd: number, clock: Clock): OutputDescriptor {
  const path = pathOf(fd);
  let stats: Stats;
  try {
    stats = fstatSync(fd);
  } catch {
    // Closed from the start: the first write says so.
    return new PolledDescriptor(fd, clock);
  }
  if (path !== undefined && (stats.isFIFO() || isatty(fd))) {
    try {
      if (stats.isFIFO()) return new ReopenedPipe(path);
      const terminal = openNonBlocking(path);
      return new PolledDescriptor(terminal, clock, terminal);
    } catch {
      // Made by another user, as standard output of a container is: taken as it was handed over.
    }
  }
  if (stats.isFIFO() || stats.isSocket()) {
    // A Socket sets O_NONBLOCK as it takes the descriptor over; it is kept for nothing else.
    return new PolledDescriptor(fd, clock, new Socket({ fd, readable: false }));
  }
  // Files and devices take what they are given.
  return new PolledDescriptor(fd, clock);
}
