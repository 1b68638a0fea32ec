import { unsignedLine } from '../../../events/index.ts';
import { jsonRequest } from '../../../otlp/index.ts';
import {
  CountersignError,
  type Exporter,
  type HealthStatus,
  type Host,
  type LogRecord,
  messageOf,
  type RecordSet,
  type Shipment,
  type Timer,
} from '../../../sdk/index.ts';
import { LineBuffer } from './lines.ts';
import type { StdoutConfig } from './index.ts';
import { type LineWriter, standardOutput, type Written } from './writer.ts';

/** The line of one record, without its end. */
export type LineOf = (set: RecordSet, index: number) => string;

/** What this pipeline signed, else an unsigned event; never what came in under the name of one. */
function cloudEventLine(set: RecordSet, index: number): string {
  const record: LogRecord = set.at(index);
  return record.signedText ?? unsignedLine(record);
}

function otlpLine(set: RecordSet, index: number): string {
  return jsonRequest([set.select([index])]);
}

/** No batch out for this long is worth a word in the health report. */
const SLOW_MS = 5_000;
const SLOW = 'whoever reads standard output is slow: records and senders wait';

/** System errors after which the same bytes may go out later: the disk is full, a quota is reached. */
const PASSING = new Set(['ENOSPC', 'EDQUOT', 'ENOBUFS', 'ENOMEM', 'EINTR']);

/**
 * Prints a line per record. A slow reader is waited for; what did not go out is told per record.
 *
 * `writer` replaces standard output, for tests.
 */
export function createStdout(config: StdoutConfig, host: Host, writer?: LineWriter): Exporter {
  return new Stdout(config.format === 'cloudevents' ? cloudEventLine : otlpLine, host, writer);
}

interface Unprintable {
  readonly count: number;
  /** Position in the batch of the first one; infinite when there is none. */
  readonly first: number;
  readonly message: string;
}

const NONE: Unprintable = { count: 0, first: Number.POSITIVE_INFINITY, message: '' };

class Stdout implements Exporter {
  readonly #lineOf: LineOf;
  readonly #host: Host;
  readonly #lines = new LineBuffer();
  #writer: LineWriter | undefined;
  #status: HealthStatus | undefined;
  #open = 0;
  #ended = 0;
  #watching: Timer | undefined;

  constructor(lineOf: LineOf, host: Host, writer: LineWriter | undefined) {
    this.#lineOf = lineOf;
    this.#host = host;
    this.#writer = writer;
  }

  start(): void {
    this.#writer ??= standardOutput(this.#host.clock);
  }

  stop(): void {
    this.#watching?.cancel();
  }

  async ship(...[sets, deadline]: Parameters<Exporter['ship']>): Promise<Shipment> {
    const writer = (this.#writer ??= standardOutput(this.#host.clock));
    let unprintable = NONE;
    // One buffer is enough: lines are made when the writer's turn has come.
    const print = (): Uint8Array => {
      this.#lines.clear();
      unprintable = this.#print(sets);
      return this.#lines.bytes();
    };
    const written = await this.#counted(writer.write(print, deadline));
    if (written.fault === undefined) {
      this.#report('healthy', 'standard output takes what is printed');
      return unprintable.count === 0
        ? { status: 'delivered', rejected: 0 }
        : { status: 'delivered', rejected: unprintable.count, message: unprintable.message };
    }
    const rest = this.#rest(written.fault);
    // The records before the first that could not be printed are the first lines, one for one.
    const delivered = Math.min(this.#lines.countWithin(written.bytes), unprintable.first);
    return delivered === 0 ? rest : { status: 'partial', delivered, rest };
  }

  async #counted(writing: Promise<Written>): Promise<Written> {
    this.#open += 1;
    this.#watch();
    try {
      return await writing;
    } finally {
      this.#open -= 1;
      this.#ended += 1;
    }
  }

  /** One timer however many batches there are: says so when none of them ends for a while. */
  #watch(): void {
    if (this.#watching !== undefined) return;
    const ended = this.#ended;
    this.#watching = this.#host.clock.after(SLOW_MS, () => {
      this.#watching = undefined;
      if (this.#open === 0) return;
      if (this.#ended === ended) this.#report('degraded', SLOW);
      this.#watch();
    });
  }

  #print(sets: readonly RecordSet[]): Unprintable {
    let count = 0;
    let first = Number.POSITIVE_INFINITY;
    let message = '';
    let position = 0;
    for (const set of sets) {
      for (let index = 0; index < set.count; index++) {
        const printed = this.#printSigned(set, index);
        position += printed;
        index += printed;
        if (index === set.count) break;
        try {
          this.#lines.add(this.#lineOf(set, index));
        } catch (thrown) {
          count += 1;
          first = Math.min(first, position);
          message = `no line can be made of ${count} records: ${messageOf(thrown)}`;
        }
        position += 1;
      }
    }
    return { count, first, message };
  }

  /** Prints the signed texts that stand one after the other from `index` on. Returns how many. */
  #printSigned(set: RecordSet, index: number): number {
    const { signed, patches } = set;
    if (signed === undefined || this.#lineOf !== cloudEventLine) return 0;
    const { buffer, starts, ends } = signed;
    const start = starts[index] as number;
    let end = start;
    let next = index;
    for (; next < set.count && patches?.[next] === undefined; next++) {
      const from = starts[next] as number;
      const to = ends[next] as number;
      if (from === to || from !== end) break;
      end = to + 1;
    }
    if (next > index) this.#lines.addLines(buffer, start, end);
    return next - index;
  }

  #rest(
    fault: NonNullable<Written['fault']>,
  ): Exclude<Shipment, { status: 'delivered' | 'partial' }> {
    if (fault === 'expired') {
      return {
        status: 'retry',
        error: new CountersignError(
          'CS_BACKEND_TIMEOUT',
          `${this.#host.id}: whoever reads standard output was too slow; read faster or raise \`timeout\``,
        ),
      };
    }
    if (PASSING.has(fault.code)) {
      const error = new CountersignError(
        'CS_OUTPUT_BROKEN',
        `${this.#host.id}: standard output takes nothing now (${fault.code}); make room where it goes`,
      );
      this.#report('unhealthy', error.message);
      return { status: 'retry', error };
    }
    const error = new CountersignError(
      'CS_OUTPUT_BROKEN',
      `${this.#host.id}: standard output is gone (${fault.code}); start the program that reads it, then countersign`,
    );
    this.#report('unhealthy', error.message);
    return { status: 'failed', reason: 'broken_pipe', error };
  }

  #report(status: HealthStatus, message: string): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#host.report({ status, message });
  }
}
