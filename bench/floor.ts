// What does it cost to ship one request, by the transport that carries it?
//
//   node bench/floor.ts [records per request]
//
// Prints ns of this process's CPU per record and its ratio to the yardstick of the same run, median
// of seven rounds that take turns. The sink is a process of its own. See
// docs/decisions/0002-otlp-http-transport.md.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { createOtlpHttp } from '../src/components/exporters/otlp_http/exporter.ts';
import { otlpHttp } from '../src/components/exporters/otlp_http/index.ts';
import { indexRequest, writeRequest } from '../src/otlp/index.ts';
import type { Clock, Host, RecordSet } from '../src/sdk/index.ts';
import { Deadline, resendableArrival } from '../src/sdk/index.ts';
import { requestBody } from './payload.ts';
import { yardstickNs } from './yardstick.ts';

const ROUNDS = 7;
const REQUESTS = 400;
const CONCURRENCY = 4;
const TIMEOUT_MS = 30_000;

type Ship = (set: RecordSet) => Promise<void>;

/** The parts of @opentelemetry/otlp-exporter-base that are needed; it comes with the log exporter. */
interface ExporterBase {
  readonly OTLPExporterBase: new (delegate: object) => {
    export(sets: readonly RecordSet[], done: (result: { code: number }) => void): void;
  };
  createOtlpNetworkExportDelegate(...parts: readonly object[]): object;
}
interface NodeHttp {
  createOtlpHttpExportDelegate(...parts: readonly unknown[]): object;
  createOtlpHttpExporterMetrics(...parts: readonly unknown[]): object;
}

if (process.argv[2] === 'sink') runSink();
else await compare(Number(process.argv[2] ?? 1_000));

function runSink(): void {
  const server = createServer((incoming, response) => {
    incoming.on('data', () => undefined);
    incoming.on('end', () => {
      response.writeHead(200, ['Content-Type', 'application/x-protobuf', 'Content-Length', '0']);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

async function compare(recordsPerRequest: number): Promise<void> {
  const sink = fork(import.meta.filename, ['sink']);
  const [port] = await once(sink, 'message');
  const url = `http://127.0.0.1:${Number(port)}`;
  const bytes = requestBody(recordsPerRequest, 7);
  const set = indexRequest(bytes, resendableArrival(bytes));
  const rssBefore = process.memoryUsage.rss();
  const ways: [string, Ship][] = [['otlp_http (node:http, one write)', await ownExporter(url)]];
  const rssBetween = process.memoryUsage.rss();
  ways.push(...baseExporters(url));
  const rssAfter = process.memoryUsage.rss();
  const rounds = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  const yardNs = yardstickNs();
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, ship] of ways) {
      const ns = (await cpuNs(ship, set)) / recordsPerRequest;
      // The first round warms up.
      if (round > 0) rounds.get(name)?.push(ns);
    }
  }
  sink.kill();
  console.log(
    `yardstick ${yardNs.toFixed(0)} ns; ${recordsPerRequest} records, ${bytes.length} bytes a request`,
  );
  for (const [name, all] of rounds) {
    const median = all.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
    const ratio = (median / yardNs).toFixed(3);
    console.log(
      `${name.padEnd(52)} ${median.toFixed(0).padStart(6)} ns/record  ${ratio} yardsticks`,
    );
  }
  const megabytes = (size: number): string => (size / 1e6).toFixed(1);
  console.log(
    `loading: otlp_http ${megabytes(rssBetween - rssBefore)} MB, exporter base ${megabytes(rssAfter - rssBetween)} MB`,
  );
}

async function cpuNs(ship: Ship, set: RecordSet): Promise<number> {
  const before = process.cpuUsage();
  let left = REQUESTS;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ship(set);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / REQUESTS;
}

async function ownExporter(endpoint: string): Promise<Ship> {
  const silent = (): undefined => undefined;
  const clock: Clock = {
    wallMs: Date.now,
    monotonicMs: () => performance.now(),
    after: (delayMs, call) => {
      const timer = setTimeout(call, delayMs);
      const cancel = (): void => clearTimeout(timer);
      return { cancel, [Symbol.dispose]: cancel };
    },
  };
  const host: Host = {
    id: 'otlp_http',
    log: { error: silent, warn: silent, info: silent, debug: silent },
    clock,
    random: Math.random,
    report: silent,
    extension: silent,
  };
  const exporter = await createOtlpHttp(
    otlpHttp.schema.parse({ endpoint, compression: 'none' }),
    host,
  );
  await exporter.start?.();
  return async (set) => {
    using deadline = new Deadline(clock, TIMEOUT_MS);
    const shipment = await exporter.ship([set], deadline);
    if (shipment.status !== 'delivered') throw new Error(shipment.status);
  };
}

/** The exporter base with our serializer: over a transport of ours, and over its own. */
function baseExporters(url: string): [string, Ship][] {
  // Not a dependency by itself: taken from where the log exporter has it.
  const near = createRequire(
    createRequire(import.meta.url).resolve('@opentelemetry/exporter-logs-otlp-http'),
  );
  const base = near('@opentelemetry/otlp-exporter-base') as ExporterBase;
  const nodeHttp = near('@opentelemetry/otlp-exporter-base/node-http') as NodeHttp;
  const serializer = {
    serializeRequest: (sets: readonly RecordSet[]) => writeRequest(sets),
    deserializeResponse: () => ({}),
  };
  const metricsHelper = {
    exportedMetricName: 'x',
    inflightMetricName: 'y',
    countItems: () => 1,
    getItemCount: () => 1,
  };
  const settings = { timeoutMillis: TIMEOUT_MS, concurrencyLimit: 30, compression: 'none' };
  const metrics = { startExport: () => () => undefined };
  const own = base.createOtlpNetworkExportDelegate(
    settings,
    serializer,
    metrics,
    plainTransport(url),
  );
  const itsOwn = nodeHttp.createOtlpHttpExportDelegate(
    {
      ...settings,
      url: `${url}/v1/logs`,
      headers: () => Promise.resolve({ 'Content-Type': 'application/x-protobuf' }),
      agentFactory: () => Promise.resolve(new Agent({ keepAlive: true })),
    },
    serializer,
    'otlp_http_log_exporter',
    metricsHelper,
    undefined,
  );
  const shipBy = (delegate: object): Ship => {
    const exporter = new base.OTLPExporterBase(delegate);
    return (set) =>
      new Promise((resolve, reject) => {
        exporter.export([set], ({ code }) =>
          code === 0 ? resolve() : reject(new Error('failed')),
        );
      });
  };
  return [
    ['OTLPExporterBase, own serializer and transport', shipBy(own)],
    ['OTLPExporterBase, own serializer, its transport', shipBy(itsOwn)],
  ];
}

function plainTransport(url: string): object {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  return {
    shutdown: () => undefined,
    send: (bytes: Uint8Array) =>
      new Promise((resolve) => {
        const headers = {
          'Content-Type': 'application/x-protobuf',
          'Content-Length': bytes.length,
        };
        const outgoing = request({
          hostname,
          port,
          path: '/v1/logs',
          method: 'POST',
          agent,
          headers,
        });
        outgoing.on('response', (response) => {
          response.on('data', () => undefined);
          response.on('end', () => resolve({ status: 'success' }));
        });
        outgoing.on('error', (error) => resolve({ status: 'failure', error }));
        outgoing.end(bytes);
      }),
  };
}
