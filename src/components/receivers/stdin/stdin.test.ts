import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import {
  type Arrival,
  type ArrivalOutcome,
  type AttributeValue,
  Deadline,
  type DoorReason,
  type LogRecord,
  type Receiver,
  type ReceiverHost,
} from '../../../sdk/index.ts';
import { stdinReceiver } from './index.ts';
import { createStdin } from './stdin.ts';

const ACCEPTED: ArrivalOutcome = {
  kind: 'accepted',
  rejected: 0,
  reasons: new Map(),
  details: [],
  warnings: [],
};
const REFUSED: ArrivalOutcome = {
  kind: 'refused',
  reason: 'queue_full',
  full: false,
  retryAfterMs: 500,
};
const WALL_MS = 1_770_091_506_007;

/** A receiver on an input of its own, with a clock, a door and a pipeline that the test holds. */
class Bench {
  readonly input = new PassThrough();
  readonly arrivals: Arrival[] = [];
  readonly turnedAway: [DoorReason, number][] = [];
  readonly timers: { delayMs: number; call: () => void }[] = [];
  reserved = 0;
  roomBytes = Number.POSITIVE_INFINITY;
  ended = false;
  released = 0;
  /** What the pipeline answers at once; `undefined` keeps the arrival. */
  answer: (() => ArrivalOutcome | undefined) | undefined = () => ACCEPTED;
  readonly receiver: Receiver;

  constructor(config: Record<string, unknown> = {}) {
    this.receiver = createStdin(stdinReceiver.schema.parse(config), this.#host(), this.input);
    this.receiver.arrivals.subscribe({
      next: (arrival) => {
        this.arrivals.push(arrival);
        const outcome = this.answer?.();
        if (outcome !== undefined) this.settle(arrival, outcome);
      },
      complete: () => (this.ended = true),
    });
    void this.receiver.start?.();
  }

  #host(): ReceiverHost {
    return {
      id: 'stdin',
      log: { error() {}, warn() {}, info() {}, debug() {} },
      clock: {
        wallMs: () => WALL_MS,
        monotonicMs: () => 0,
        after: (delayMs, call) => {
          const timer = { delayMs, call };
          this.timers.push(timer);
          const cancel = (): void => {
            const at = this.timers.indexOf(timer);
            if (at !== -1) this.timers.splice(at, 1);
          };
          return { cancel, [Symbol.dispose]: cancel };
        },
      },
      random: () => 0.5,
      report() {},
      extension: () => undefined,
      door: {
        draining: false,
        retryAfterMs: () => 250,
        turnAway: (reason, bytes) => this.turnedAway.push([reason, bytes]),
        reserve: (bytes) => {
          if (this.reserved + bytes > this.roomBytes) return undefined;
          this.reserved += bytes;
          return {
            bytes,
            resize: () => true,
            release: () => {
              this.reserved -= bytes;
            },
          };
        },
      },
    };
  }

  settle(arrival: Arrival | undefined, outcome: ArrivalOutcome): void {
    arrival?.release();
    this.released += 1;
    arrival?.settle(outcome);
  }

  /** Fires the one timer that waits, after so many milliseconds. */
  fire(): number {
    const timer = this.timers.shift();
    timer?.call();
    return timer?.delayMs ?? -1;
  }

  async write(...chunks: (string | Uint8Array)[]): Promise<void> {
    for (const chunk of chunks) {
      this.input.write(chunk);
      await settled();
    }
  }

  async end(...chunks: (string | Uint8Array)[]): Promise<void> {
    await this.write(...chunks);
    this.input.end();
    await settled();
  }

  get records(): LogRecord[] {
    return this.arrivals.flatMap(({ records }) => [...records]);
  }

  get bodies(): (AttributeValue | undefined)[] {
    return this.records.map(({ body }) => body);
  }
}

/** Streams hand on in ticks: a turn of the loop is enough for all of them. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the input', () => {
  test('becomes records, observed now, under numbered identities', async () => {
    const bench = new Bench();
    await bench.end('{"body":"a"}\n{"body":', '"b"}\nplain');
    expect(bench.bodies).toEqual(['a', 'b', 'plain']);
    expect(bench.records[0]?.observedTimeUnixNano).toBe(BigInt(WALL_MS) * 1_000_000n);
    expect(bench.records[0]?.timeUnixNano).toBe(0n);
    expect(bench.arrivals.map(({ records }) => records.arrival.text)).toEqual([
      '8000000080000000-0',
      '8000000080000000-1',
      '8000000080000000-2',
    ]);
    expect(bench.ended).toBe(true);
    expect(bench.reserved).toBe(0);
  });

  test('with a byte order mark, CRLF, empty lines and no last line end', async () => {
    const bench = new Bench();
    await bench.end(
      Buffer.from(
        'efbbbf7b22626f6479223a226f6e65227d0d0a' +
          '7b22626f6479223a2274776f20efbbbf2e227d0d0a0d0a7b22626f6479223a227468726565227d',
        'hex',
      ),
    );
    expect(bench.bodies).toEqual(['one', 'two \ufeff.', 'three']);
    expect(bench.turnedAway).toEqual([]);
  });

  test('with a character split over two reads', async () => {
    const bench = new Bench();
    await bench.end(Buffer.from('{"body":"na\xc3', 'latin1'), Buffer.from('\xafve"}', 'latin1'));
    expect(bench.bodies).toEqual(['naïve']);
  });

  test.each([[[]], [['\n\n\r\n']]])('with nothing in it', async (chunks) => {
    const bench = new Bench();
    await bench.end(...chunks);
    expect(bench.arrivals).toEqual([]);
    expect(bench.turnedAway).toEqual([]);
    expect(bench.ended).toBe(true);
  });

  test('with a long line in many pieces and wide characters across them', async () => {
    const bench = new Bench({ max_line_size: '6MiB' });
    const text = '😀'.repeat(1_310_700);
    const bytes = Buffer.from(JSON.stringify({ body: text }));
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += 65_536) chunks.push(bytes.subarray(at, at + 65_536));
    await bench.end(...chunks);
    expect(bench.bodies).toEqual([text]);
  });

  test('what can be no record is counted at the door and the rest goes on', async () => {
    const bench = new Bench({ max_line_size: 40 });
    await bench.end(
      '{"body":"a"}\n{"body":\n',
      Buffer.from('caf\xe9\n', 'latin1'),
      `${'x'.repeat(41)}\n{"body":"b"}\n`,
    );
    expect(bench.bodies).toEqual(['a', 'b']);
    expect(bench.turnedAway).toEqual([
      ['undecodable', 8],
      ['undecodable', 4],
      ['too_large', 41],
    ]);
  });

  test('that breaks off ends the stream, and the open line is counted', async () => {
    const bench = new Bench();
    await bench.write('a\nbcd');
    bench.input.destroy(new Error('EIO'));
    await settled();
    expect(bench.bodies).toEqual(['a']);
    expect(bench.turnedAway).toEqual([['aborted', 3]]);
    expect(bench.ended).toBe(true);
  });
});

describe('batches', () => {
  test('hold at most 1,000 lines, in order', async () => {
    const bench = new Bench();
    await bench.end(Array.from({ length: 2_500 }, (_, index) => `${index}`).join('\n'));
    expect(bench.arrivals.map(({ records }) => records.count)).toEqual([1_000, 1_000, 499, 1]);
    expect(bench.bodies.map(Number)).toEqual(Array.from({ length: 2_500 }, (_, index) => index));
  });

  test('hold at most 1 MiB of lines', async () => {
    const bench = new Bench();
    await bench.end(`${'x'.repeat(600_000)}\n${'y'.repeat(600_000)}\nz\n`);
    expect(bench.arrivals.map(({ records }) => records.count)).toEqual([1, 2]);
  });

  test('mix lines and OTLP requests without changing their order', async () => {
    const bench = new Bench();
    const request = JSON.stringify({
      resourceLogs: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          scopeLogs: [
            { logRecords: [{ body: { stringValue: 'b' } }, { body: { stringValue: 'c' } }] },
          ],
        },
      ],
    });
    await bench.end(`a\n${request}\nd\n`);
    expect(bench.bodies).toEqual(['a', 'b', 'c', 'd']);
    expect(bench.records.map(({ group }) => group.resource.attribute('service.name'))).toEqual([
      undefined,
      'shop',
      'shop',
      undefined,
    ]);
  });
});

describe('backpressure', () => {
  test('no more is read while four arrivals are unsettled', async () => {
    const bench = new Bench();
    bench.answer = undefined;
    await bench.write('a\n', 'b\n', 'c\n', 'd\n', 'e\n', 'f\n');
    expect(bench.bodies).toEqual(['a', 'b', 'c', 'd']);
    expect(bench.input.isPaused()).toBe(true);
    bench.settle(bench.arrivals[1], ACCEPTED);
    await settled();
    expect(bench.bodies).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(bench.input.readableLength).toBeGreaterThan(0);
  });

  test('nor brought, when one chunk makes more than four', async () => {
    const bench = new Bench();
    bench.answer = undefined;
    await bench.write('x\n'.repeat(6_500));
    expect(bench.arrivals).toHaveLength(4);
    bench.settle(bench.arrivals[0], ACCEPTED);
    expect(bench.arrivals).toHaveLength(5);
  });

  test('the stream ends only when everything is settled', async () => {
    const bench = new Bench();
    bench.answer = undefined;
    await bench.end('a\n');
    expect(bench.ended).toBe(false);
    bench.settle(bench.arrivals[0], ACCEPTED);
    expect(bench.ended).toBe(true);
  });

  test('what is refused is offered again after the time it was told, in its turn', async () => {
    const bench = new Bench();
    const outcomes = [REFUSED, ACCEPTED, ACCEPTED];
    bench.answer = () => outcomes.shift();
    await bench.write('a\n', 'b\n');
    expect(bench.bodies).toEqual(['a']);
    expect(bench.reserved).toBeGreaterThan(0);
    expect(bench.fire()).toBe(500);
    await settled();
    expect(bench.bodies).toEqual(['a', 'a', 'b']);
    expect(bench.arrivals[0]?.records.arrival).toBe(bench.arrivals[1]?.records.arrival);
    expect(bench.reserved).toBe(0);
  });

  test('refused after others were brought, it still goes before what was read later', async () => {
    const bench = new Bench();
    bench.answer = undefined;
    await bench.write('a\n', 'b\n', 'c\n', 'd\n', 'e\n');
    bench.settle(bench.arrivals[1], REFUSED);
    bench.settle(bench.arrivals[0], REFUSED);
    bench.answer = () => ACCEPTED;
    bench.fire();
    await settled();
    expect(bench.bodies).toEqual(['a', 'b', 'c', 'd', 'a', 'b', 'e']);
  });

  test('without room at the door it waits and asks again', async () => {
    const bench = new Bench();
    bench.roomBytes = 0;
    await bench.end('a\n');
    expect(bench.arrivals).toEqual([]);
    bench.roomBytes = 1_000;
    expect(bench.fire()).toBe(250);
    await settled();
    expect(bench.bodies).toEqual(['a']);
    expect(bench.ended).toBe(true);
  });

  test('what was taken and failed is not sent again: nobody was promised anything', async () => {
    const bench = new Bench();
    bench.answer = () => ({ kind: 'retry', reason: 'retries_exhausted', retryAfterMs: 1 });
    await bench.end('a\n');
    expect(bench.bodies).toEqual(['a']);
    expect(bench.reserved).toBe(0);
  });
});

describe('stop', () => {
  const deadline = new Deadline(
    {
      wallMs: () => 0,
      monotonicMs: () => 0,
      after: () => ({ cancel() {}, [Symbol.dispose]() {} }),
    },
    Number.POSITIVE_INFINITY,
  );

  test('counts half a line and what the pipeline no longer takes, line by line', async () => {
    const bench = new Bench();
    bench.answer = () => REFUSED;
    await bench.write('ab\nc\nhalf');
    await bench.receiver.stop?.(deadline);
    expect(bench.turnedAway).toEqual([
      ['draining', 4],
      ['draining', 3],
      ['draining', 0],
    ]);
    expect(bench.ended).toBe(true);
    expect(bench.reserved).toBe(0);
    expect(bench.timers).toEqual([]);
  });

  test('offers once more what waits, and ends', async () => {
    const bench = new Bench();
    bench.answer = () => REFUSED;
    await bench.write('a\n');
    bench.answer = () => ACCEPTED;
    await bench.receiver.stop?.(deadline);
    expect(bench.bodies).toEqual(['a', 'a']);
    expect(bench.turnedAway).toEqual([]);
  });

  test('may come twice, and without start', async () => {
    const bench = new Bench();
    await bench.receiver.stop?.(deadline);
    await bench.receiver.stop?.(deadline);
    expect(bench.ended).toBe(true);
    const idle = createStdin(stdinReceiver.schema.parse({}), {} as ReceiverHost, new PassThrough());
    await idle.stop?.(deadline);
  });
});
