import type { Measure } from '../../sdk/index.ts';
import type {
  Balance,
  BranchBooks,
  LedgerSnapshot,
  PipelineSnapshot,
} from '../../runtime/index.ts';
import { Exposition } from './exposition.ts';
import type { Labels } from './exposition.ts';

/** What the process itself uses. */
export interface ProcessUse {
  readonly uptimeSeconds: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly version: string;
}

/** Reads the process; costs a system call or two, so once a scrape. */
export function processUse(version: string): ProcessUse {
  const { user, system } = process.cpuUsage();
  return {
    uptimeSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    residentBytes: process.memoryUsage.rss(),
    heapUsedBytes: process.memoryUsage().heapUsed,
    version,
  };
}

/** The transport label of a receiver's type, as the Collector has it. */
function transportOf(receiver: string): string {
  return receiver.split('/', 1)[0] === 'otlp' ? 'http' : (receiver.split('/', 1)[0] ?? receiver);
}

/**
 * The page of `/metrics`, written from the books and counting nothing of its own.
 *
 * Every series is there at 0 before it first moves. The Collector's names end in no unit and no
 * `_total`; the format's linter takes that only where no type is claimed, so they are `untyped`.
 */
export function metricsText(snapshot: LedgerSnapshot, use: ProcessUse): string {
  const page = new Exposition();
  receiverSeries(page, snapshot);
  for (const pipeline of snapshot.pipelines) pipelineSeries(page, pipeline);
  daemonSeries(page, snapshot, use);
  return page.toString();
}

function receiverSeries(page: Exposition, snapshot: LedgerSnapshot): void {
  for (const { id, received, submitted, refused, turnedAway } of snapshot.receivers) {
    const labels = { receiver: id, transport: transportOf(id) };
    page.add(
      'otelcol_receiver_accepted_log_records',
      'untyped',
      'Records taken in.',
      submitted,
      labels,
    );
    page.add(
      'otelcol_receiver_refused_log_records',
      'untyped',
      'Records refused at the door; the sender still owns them.',
      sum(refused),
      labels,
    );
    page.add(
      'countersign_receiver_received_records_total',
      'counter',
      'Records that came to the door: refused and submitted.',
      received,
      { receiver: id },
    );
    for (const [reason, count] of Object.entries(refused)) {
      page.add(
        'countersign_receiver_refused_records_total',
        'counter',
        'Records refused at the door, by reason.',
        count,
        { receiver: id, reason },
      );
    }
    for (const [reason, { requests, bytes }] of Object.entries(turnedAway)) {
      const why = { receiver: id, reason };
      page.add(
        'countersign_receiver_turned_away_requests_total',
        'counter',
        'Requests turned away before their records were known.',
        requests,
        why,
      );
      page.add(
        'countersign_receiver_turned_away_bytes_total',
        'counter',
        'Bytes of requests turned away before their records were known.',
        bytes,
        why,
      );
    }
  }
}

function pipelineSeries(page: Exposition, pipeline: PipelineSnapshot): void {
  headSeries(page, pipeline);
  for (const stage of pipeline.stages) {
    const at = { pipeline: pipeline.id, stage: stage.id };
    stageSeries(page, at, stage);
    measureSeries(page, at, stage.measures);
    const processor = { processor: stage.id, otel_signal: 'logs' };
    page.add(
      'otelcol_processor_incoming_items',
      'untyped',
      'Records that entered a processor.',
      stage.submitted,
      processor,
    );
    page.add(
      'otelcol_processor_outgoing_items',
      'untyped',
      'Records that a processor passed on.',
      stage.delivered,
      processor,
    );
  }
  for (const branch of pipeline.branches) {
    stageSeries(page, { pipeline: pipeline.id, stage: branch.id }, branch);
    branchSeries(page, pipeline.id, branch);
  }
}

/** The whole of a pipeline; without the label `outcome`, so that sums over it count nothing twice. */
function headSeries(page: Exposition, pipeline: PipelineSnapshot): void {
  const at = { pipeline: pipeline.id };
  const head = 'countersign_pipeline';
  const add = (name: string, help: string, value: number, labels: Labels = at) =>
    page.add(`${head}_${name}_records_total`, 'counter', help, value, labels);
  add('submitted', 'Records that entered a pipeline.', pipeline.submitted);
  add('delivered', 'Records delivered by at least one branch.', pipeline.delivered);
  add(
    'partially_delivered',
    'Records delivered by some branches and not by all.',
    pipeline.partiallyDelivered,
  );
  for (const [reason, count] of Object.entries(pipeline.failed)) {
    add('failed', 'Records that no branch delivered and one failed.', count, { ...at, reason });
  }
  for (const [reason, count] of Object.entries(pipeline.dropped)) {
    add('dropped', 'Records that were dropped.', count, { ...at, reason });
  }
  page.add(
    'countersign_pipeline_in_flight',
    'gauge',
    'Records of a pipeline that have not ended yet.',
    pipeline.inFlight,
    at,
  );
}

function stageSeries(page: Exposition, at: Labels, books: Balance): void {
  page.add(
    'countersign_stage_submitted_records_total',
    'counter',
    'Records that entered a stage.',
    books.submitted,
    at,
  );
  const ended = (outcome: string, reason: string, count: number) =>
    page.add(
      'countersign_stage_records_total',
      'counter',
      'Records that left a stage, by what became of them and why.',
      count,
      { ...at, outcome, reason },
    );
  ended('delivered', '', books.delivered);
  for (const [reason, count] of Object.entries(books.failed)) ended('failed', reason, count);
  for (const [reason, count] of Object.entries(books.dropped)) ended('dropped', reason, count);
  page.add(
    'countersign_stage_in_flight',
    'gauge',
    'Records in a stage that have not ended yet.',
    books.inFlight,
    at,
  );
}

function branchSeries(page: Exposition, pipeline: string, branch: BranchBooks): void {
  const exporter = { exporter: branch.id };
  const { queue_full: queueFull = 0 } = branch.failed;
  const add = (name: string, help: string, value: number, labels: Labels = exporter) =>
    page.add(`otelcol_exporter_${name}`, 'untyped', help, value, labels);
  add('sent_log_records', 'Records that the backend took.', branch.delivered);
  add(
    'send_failed_log_records',
    'Records that could not be delivered.',
    sum(branch.failed) - queueFull,
  );
  add('enqueue_failed_log_records', 'Records for which the queue had no room.', queueFull);
  const data = { ...exporter, data_type: 'logs' };
  const size = 'Size of the queue, in its own unit; 0 without a queue.';
  page.add('otelcol_exporter_queue_size', 'gauge', size, branch.queue?.size ?? 0, data);
  const capacity = 'Capacity of the queue, in its own unit; 0 without a queue.';
  page.add('otelcol_exporter_queue_capacity', 'gauge', capacity, branch.queue?.capacity ?? 0, data);
  const at = { pipeline, exporter: branch.id };
  const attempts = 'countersign_exporter_attempts_total';
  page.add(attempts, 'counter', 'Attempts to deliver, repeated ones too.', branch.attempts, at);
  const retries = 'countersign_exporter_retries_total';
  page.add(retries, 'counter', 'Attempts that repeated an earlier one.', branch.retries, at);
  for (const state of ['closed', 'open', 'half_open'] as const) {
    page.add(
      'countersign_exporter_breaker_state',
      'gauge',
      '1 for the state the circuit breaker is in.',
      branch.breaker === state ? 1 : 0,
      { ...at, state },
    );
  }
  measureSeries(page, { pipeline, stage: branch.id }, branch.measures);
}

function measureSeries(page: Exposition, at: Labels, measures: readonly Measure[]): void {
  for (const { name, kind, meaning, labels, value } of measures) {
    const suffix = kind === 'counter' && !name.endsWith('_total') ? '_total' : '';
    page.add(`countersign_${name}${suffix}`, kind, meaning, value, { ...at, ...labels });
  }
}

function daemonSeries(page: Exposition, snapshot: LedgerSnapshot, use: ProcessUse): void {
  page.add(
    'countersign_conservation_error',
    'gauge',
    'Laws of the books that do not hold; anything but 0 turns health red.',
    snapshot.audit.length,
  );
  page.add(
    'countersign_lost_records_total',
    'counter',
    'Records whose sender was told yes, or cannot be told no, and that were not delivered.',
    snapshot.lost,
  );
  page.add(
    'countersign_in_flight_bytes',
    'gauge',
    'Memory reserved for what is between the door and its answer.',
    snapshot.inFlightBytes,
  );
  const seconds = 'Seconds since the process started.';
  page.add('otelcol_process_uptime', 'untyped', seconds, use.uptimeSeconds);
  page.add('otelcol_process_cpu_seconds', 'untyped', 'CPU time, user and system.', use.cpuSeconds);
  page.add('otelcol_process_memory_rss', 'gauge', 'Resident memory in bytes.', use.residentBytes);
  page.add(
    'otelcol_process_runtime_heap_alloc_bytes',
    'gauge',
    'Bytes of live objects on the heap.',
    use.heapUsedBytes,
  );
  page.add('target_info', 'gauge', 'What is scraped here.', 1, {
    service_name: 'countersign',
    service_version: use.version,
  });
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
