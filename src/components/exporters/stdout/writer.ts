import type { Clock, Deadline } from '../../../sdk/index.ts';
import { openOutput, type OutputDescriptor, type Room } from './descriptor.ts';

/** What became of the bytes of one write. */
export interface Written {
  /** The first so many bytes are out. */
  readonly bytes: number;
  /** Why the rest is not; `expired`: the deadline passed, and none of the rest will go out. */
  readonly fault: 'expired' | { readonly code: string } | undefined;
}

function codeOf(thrown: unknown): string {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code;
  return typeof code === 'string' ? code : 'EIO';
}

/**
 * Writes lines to one descriptor, one call after the other, never blocking the thread.
 *
 * A line that was cut, by a deadline or a full disk, is finished before the next one: a reader may
 * meet a record twice, never half a record.
 */
export class LineWriter {
  readonly #output: OutputDescriptor;
  /** The end of a line that was cut. */
  #owed: Uint8Array = new Uint8Array(0);
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(output: OutputDescriptor) {
    this.#output = output;
  }

  /**
   * Writes whole lines, each ended by \n, after all that was handed over before. `print` makes them
   * when it is their turn; they stay as they are until the promise resolves.
   */
  write(print: () => Uint8Array, deadline: Deadline): Promise<Written> {
    // Nobody before us: on a pipe with room no promise is waited for.
    if (this.#waiting === 0) {
      const turn = this.#turn(print, deadline);
      this.#last = turn.catch(() => {});
      return turn;
    }
    return new Promise((resolve) => {
      // Who stands behind a stuck write has a deadline all the same.
      deadline.onExpired(() => resolve({ bytes: 0, fault: 'expired' }));
      this.#waiting += 1;
      this.#last = this.#last.then(() => {
        this.#waiting -= 1;
        const turn = this.#turn(print, deadline);
        resolve(turn);
        // Lines that cannot be made are the caller's fault and nobody else's.
        return turn.catch(() => {});
      });
    });
  }

  async #turn(print: () => Uint8Array, deadline: Deadline): Promise<Written> {
    this.#waiting += 1;
    try {
      return await this.#writeNext(print, deadline);
    } finally {
      this.#waiting -= 1;
    }
  }

  close(): void {
    this.#output.close();
  }

  async #writeNext(print: () => Uint8Array, deadline: Deadline): Promise<Written> {
    if (deadline.expired) return { bytes: 0, fault: 'expired' };
    if (this.#owed.length > 0) {
      const paid = await this.#writeAll(this.#owed, deadline);
      this.#owed = this.#owed.subarray(paid.bytes);
      if (paid.fault !== undefined) return { bytes: 0, fault: paid.fault };
    }
    const lines = print();
    const written = await this.#writeAll(lines, deadline);
    if (written.fault !== undefined) this.#owed = cutLine(lines, written.bytes);
    return written;
  }

  async #writeAll(bytes: Uint8Array, deadline: Deadline): Promise<Written> {
    let done = 0;
    let callOff: (() => void) | undefined;
    let heeded = false;
    try {
      for (;;) {
        done += this.#output.write(bytes, done);
        if (done === bytes.length) return { bytes: done, fault: undefined };
        const start = done;
        const room = await new Promise<Room | 'expired'>((resolve) => {
          const stopWaiting = this.#output.wait(bytes, start, (found) => {
            callOff = undefined;
            resolve(found);
          });
          callOff = () => {
            stopWaiting();
            resolve('expired');
          };
          // One listener however often this write waits.
          if (!heeded) deadline.onExpired(() => callOff?.());
          heeded = true;
        });
        if (room === 'expired') return { bytes: done, fault: 'expired' };
        if (room.kind === 'broken') return { bytes: done, fault: { code: codeOf(room.error) } };
        done += room.written;
        if (done === bytes.length) return { bytes: done, fault: undefined };
        if (deadline.expired) return { bytes: done, fault: 'expired' };
      }
    } catch (thrown) {
      return { bytes: done, fault: { code: codeOf(thrown) } };
    }
  }
}

/** What is missing of the line that ends after byte `written`; empty when a line ends there. */
function cutLine(lines: Uint8Array, written: number): Uint8Array {
  if (written === 0 || lines[written - 1] === 0x0a) return new Uint8Array(0);
  return Uint8Array.from(lines.subarray(written, lines.indexOf(0x0a, written) + 1));
}

let standard: LineWriter | undefined;

/** The one writer of standard output: all exporters that print there stand in one line. */
export function standardOutput(clock: Clock): LineWriter {
  return (standard ??= new LineWriter(openOutput(1, clock)));
}
