/**
 * Prints lines of 1,000 characters through the line writer and tells on stderr what came of it.
 *
 * `print.ts COUNT FIFO`: with a FIFO the first write is given up while nobody reads, the reader is
 * told to begin by a line into the FIFO, and the lines are written once more.
 */
import { writeFileSync } from 'node:fs';
import { type Clock, Deadline } from '../../../../sdk/index.ts';
import { openOutput } from '../descriptor.ts';
import { LineWriter } from '../writer.ts';

const clock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    const cancel = (): void => clearTimeout(timer);
    return { cancel, [Symbol.dispose]: cancel };
  },
};

const [count = '1', fifo = '0'] = process.argv.slice(2);
const lines = Buffer.from(`${'x'.repeat(1_000)}\n`.repeat(Number(count)));
const writer = new LineWriter(openOutput(1, clock));
const notes = [];
if (fifo !== '0') {
  notes.push(await writer.write(() => lines, new Deadline(clock, 400)));
  writeFileSync(fifo, 'go\n');
}
notes.push(await writer.write(() => lines, new Deadline(clock, Number.POSITIVE_INFINITY)));
writeFileSync(2, JSON.stringify(notes));
process.exit(0);
