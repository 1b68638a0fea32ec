import { describe, expect, test } from 'vitest';
import { encodeRequest, indexRequest } from '../../../otlp/index.ts';
import {
  Deadline,
  type HealthReport,
  type Host,
  numberedArrival,
  type RecordSet,
} from '../../../sdk/index.ts';
import type { OutputDescriptor } from './descriptor.ts';
import { stdoutExporter } from './index.ts';
import { createStdout } from './stdout.ts';
import { LineWriter } from './writer.ts';

const still = { cancel() {}, [Symbol.dispose]() {} };
/** What waits on the clock, the latest last. */
const timers: (() => void)[] = [];
const clock = {
  wallMs: () => 0,
  monotonicMs: () => 0,
  after: (_delayMs: number, call: () => void) => {
    timers.push(call);
    return still;
  },
};
const endless = (): Deadline => new Deadline(clock, Number.POSITIVE_INFINITY);

const NAME = 'agt.audit.meta.cloudevent';

function records(...bodies: string[]): RecordSet {
  const request = encodeRequest({
    resourceLogs: [
      {
        resource: { attributes: [['service.name', 'shop']] },
        scopeLogs: [
          {
            scope: { name: 'cart' },
            records: bodies.map((body) => ({
              timeUnixNano: 1_770_091_506_123_456_789n,
              body,
              attributes: [[NAME, '{"forged":true}']] as const,
            })),
          },
        ],
      },
    ],
  });
  return indexRequest(request, numberedArrival('run', 0));
}

/** The set with signed texts for some records. */
function signedIn(set: RecordSet, has: readonly boolean[]): RecordSet {
  const starts = new Uint32Array(set.count);
  const ends = new Uint32Array(set.count);
  let all = '';
  for (const [index, it] of has.entries()) {
    if (!it) continue;
    starts[index] = Buffer.byteLength(all);
    all += `{"signed":"ü${index}"}`;
    ends[index] = Buffer.byteLength(all);
    all += '\n';
  }
  return set.sign({ attribute: 'signed', buffer: Buffer.from(all), starts, ends });
}

/** An exporter whose output takes `room` bytes and then throws `code`, or waits for ever. */
function bench(options: { room?: number; code?: string; format?: string; slow?: boolean } = {}) {
  let room = options.room ?? Number.POSITIVE_INFINITY;
  const out: number[] = [];
  const reports: HealthReport[] = [];
  const output: OutputDescriptor = {
    write(bytes, start) {
      const taken = bytes.subarray(start, start + room);
      room -= taken.length;
      out.push(...taken);
      if (taken.length === 0 && bytes.length > 0 && options.code !== undefined && !options.slow) {
        throw Object.assign(new Error(options.code), { code: options.code });
      }
      return taken.length;
    },
    wait(_bytes, _start, done) {
      if (options.code !== undefined) queueMicrotask(() => done({ kind: 'room', written: 0 }));
      return () => {};
    },
    close() {},
  };
  const host: Host = {
    id: 'stdout',
    log: { error() {}, warn() {}, info() {}, debug() {} },
    clock,
    random: () => 0,
    report: (health) => reports.push(health),
    extension: () => undefined,
  };
  const config = stdoutExporter.schema.parse({ format: options.format ?? 'otlp_json' });
  return {
    exporter: createStdout(config, host, new LineWriter(output)),
    reports,
    lines: () => Buffer.from(out).toString('utf8').split('\n'),
    makeRoom: () => (room = Number.POSITIVE_INFINITY),
  };
}

describe('lines', () => {
  test('as OTLP/JSON: one request per record, with resource and scope', async () => {
    const { exporter, lines } = bench();
    const shipment = await exporter.ship([records('a', 'b'), records('c')], endless());
    expect(shipment).toEqual({ status: 'delivered', rejected: 0 });
    const requests = lines()
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const found = requests.map(({ resourceLogs: [logs] }) => ({
      service: logs.resource.attributes[0].value.stringValue,
      scope: logs.scopeLogs[0].scope.name,
      bodies: logs.scopeLogs[0].logRecords.map(
        (record: { body: { stringValue: string } }) => record.body.stringValue,
      ),
    }));
    const shop = { service: 'shop', scope: 'cart' };
    expect(found).toEqual([
      { ...shop, bodies: ['a'] },
      { ...shop, bodies: ['b'] },
      { ...shop, bodies: ['c'] },
    ]);
  });

  test('as CloudEvents: what was signed here, never what came in under its name', async () => {
    const { exporter, lines } = bench({ format: 'cloudevents' });
    const set = records('a', 'b');
    const signed = set.replace([set.at(0).with({ signedText: '{"signed":"ü"}' })]);
    await exporter.ship([signed], endless());
    const [first, second = '', last] = lines();
    expect(first).toBe('{"signed":"ü"}');
    expect(JSON.parse(second)).toMatchObject({ specversion: '1.0', source: expect.any(String) });
    expect(JSON.parse(second).forged).toBe(undefined);
    expect(last).toBe('');
  });

  test.each([
    ['all of them', [true, true, true, true]],
    ['all but the first', [false, true, true, true]],
    ['some', [true, false, true, true]],
    ['all but the last', [true, true, true, false]],
  ])('as CloudEvents: %s signed in a column', async (_, has) => {
    const set = records('a', 'b', 'c', 'd');
    const signed = signedIn(set, has);
    const changed = signed.replace([undefined, undefined, signed.at(2).with({ signedText: 'X' })]);
    const { exporter, lines } = bench({ format: 'cloudevents' });
    await exporter.ship([signed, changed, signed.select([1, 3]), set.select([0])], endless());
    const expected = has.map((it, index) => (it ? `{"signed":"ü${index}"}` : 'unsigned'));
    const printed = lines().map((line) => (line.includes('specversion') ? 'unsigned' : line));
    expect(printed).toEqual([
      ...expected,
      ...expected.with(2, 'X'),
      expected[1],
      expected[3],
      'unsigned',
      '',
    ]);
  });

  test('as OTLP/JSON: with the text that was signed', async () => {
    const { exporter, lines } = bench();
    await exporter.ship([signedIn(records('a'), [true])], endless());
    expect(lines()[0]).toContain(JSON.stringify({ stringValue: '{"signed":"ü0"}' }));
  });

  test('nothing to print is delivered', async () => {
    const { exporter } = bench();
    expect(await exporter.ship([], endless())).toEqual({ status: 'delivered', rejected: 0 });
  });
});

describe('an output that fails', () => {
  const lineBytes = async (): Promise<number> => {
    const { exporter, lines } = bench();
    await exporter.ship([records('a')], endless());
    return lines()[0]?.length ?? 0;
  };

  test.each([
    ['before the first line', (line: number) => line, 0],
    ['after the first line', (line: number) => line + 1, 1],
    ['in the third', (line: number) => 2 * (line + 1) + 5, 2],
  ])('%s', async (_, roomOf, delivered) => {
    const { exporter, reports } = bench({ room: roomOf(await lineBytes()), code: 'EPIPE' });
    const shipment = await exporter.ship([records('a', 'b'), records('c', 'd')], endless());
    const rest = {
      status: 'failed',
      reason: 'broken_pipe',
      error: expect.objectContaining({ code: 'CS_OUTPUT_BROKEN' }),
    };
    expect(shipment).toEqual(delivered === 0 ? rest : { status: 'partial', delivered, rest });
    expect(reports.map(({ status }) => status)).toEqual(['unhealthy']);
  });

  test.each([
    [0, 0],
    [16, 0],
    [17, 1],
    [17 + 16, 1],
    [3 * 17, 3],
    [3 * 17 + 16, 3],
  ])('after %i bytes of signed lines of 17: %i are out', async (room, delivered) => {
    const { exporter } = bench({ format: 'cloudevents', room, code: 'EPIPE' });
    const set = signedIn(records('a', 'b', 'c', 'd'), [true, true, true, true]);
    const shipment = await exporter.ship([set.select([0, 1]), set.select([2, 3])], endless());
    const expected = delivered === 0 ? { status: 'failed' } : { status: 'partial', delivered };
    expect(shipment).toMatchObject(expected);
  });

  test('for now is tried again, finishes the cut line, and recovers', async () => {
    const { exporter, reports, lines, makeRoom } = bench({ room: 10, code: 'ENOSPC' });
    const shipment = await exporter.ship([records('a')], endless());
    expect(shipment).toMatchObject({ status: 'retry', error: { code: 'CS_OUTPUT_BROKEN' } });
    makeRoom();
    await exporter.ship([records('a')], endless());
    expect(lines()).toHaveLength(3);
    expect(lines()[0]).toBe(lines()[1]);
    expect(reports.map(({ status }) => status)).toEqual(['unhealthy', 'healthy']);
  });

  test('by being slow is degraded until it has taken what waits', async () => {
    const { exporter, reports, makeRoom } = bench({ room: 5, code: 'never', slow: true });
    const shipment = exporter.ship([records('a')], endless());
    timers.at(-1)?.();
    makeRoom();
    expect(await shipment).toEqual({ status: 'delivered', rejected: 0 });
    expect(reports.map(({ status }) => status)).toEqual(['degraded', 'healthy']);
  });

  test('by being slow costs what is not out at the deadline', async () => {
    const { exporter, reports } = bench({ room: (await lineBytes()) + 3 });
    const deadline = endless();
    const shipment = exporter.ship([records('a', 'b')], deadline);
    await Promise.resolve();
    deadline.expire();
    expect(await shipment).toMatchObject({
      status: 'partial',
      delivered: 1,
      rest: { status: 'retry', error: { code: 'CS_BACKEND_TIMEOUT' } },
    });
    expect(reports).toEqual([]);
  });
});

describe('a record of which no line can be made', () => {
  const unprintable = (set: RecordSet, index: number): RecordSet => {
    const broken = set.at(index).with({});
    Object.defineProperty(broken, 'signedText', {
      get: () => {
        throw new Error('too deep');
      },
    });
    const changed = Array.from({ length: set.count }, (_, at) =>
      at === index ? broken : undefined,
    );
    return set.replace(changed);
  };

  test('is rejected, and the others are printed', async () => {
    const { exporter, lines } = bench({ format: 'cloudevents' });
    const shipment = await exporter.ship([unprintable(records('a', 'b', 'c'), 1)], endless());
    expect(shipment).toMatchObject({ status: 'delivered', rejected: 1, message: /too deep/ });
    expect(lines()).toHaveLength(3);
  });

  test('ends what a broken pipe may call delivered, after signed ones too', async () => {
    const { exporter } = bench({ format: 'cloudevents', room: 51, code: 'EPIPE' });
    const set = signedIn(records('a', 'b', 'c', 'd'), [true, true, false, true]);
    const shipment = await exporter.ship([unprintable(set, 2), set], endless());
    expect(shipment).toMatchObject({ status: 'partial', delivered: 2 });
  });

  test('ends what a broken pipe may call delivered', async () => {
    const { exporter } = bench({ format: 'cloudevents', room: 700, code: 'EPIPE' });
    const set = unprintable(records('a', 'b', 'c', 'd', 'e', 'f'), 1);
    const shipment = await exporter.ship([set], endless());
    expect(shipment).toMatchObject({ status: 'partial', delivered: 1 });
  });
});
