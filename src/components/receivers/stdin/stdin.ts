import type { Readable } from 'node:stream';
import { indexRequest, encodeRequest } from '../../../otlp/index.ts';
import {
  type Arrival,
  type ArrivalOutcome,
  ArrivalStream,
  messageOf,
  numberedArrival,
  type Receiver,
  type ReceiverHost,
  type RecordSet,
  type Reservation,
  type Timer,
} from '../../../sdk/index.ts';
import type { StdinConfig } from './index.ts';
import { type Line, type LineRecord, readLine } from './line.ts';
import { LineSplitter } from './splitter.ts';

const LINES_MAX = 1_000;
const BATCH_BYTES_MAX = 1_048_576;
/** Arrivals on their way at a time; with one chunk cut into more, the rest waits and no more is read. */
const IN_FLIGHT_MAX = 4;

/** Lines that travel together, until the pipeline has taken them. */
interface Offer {
  readonly number: number;
  readonly lines: number;
  /** Bytes of the lines as they were read. */
  readonly lineBytes: number;
  readonly records: RecordSet;
  readonly bytes: number;
  reservation: Reservation | undefined;
}

/**
 * Reads lines from `input` (standard input when absent) and brings them in as arrivals.
 *
 * It reads on only while fewer than four arrivals are unsettled. What the pipeline refuses is
 * offered again, in the order of the input. Lines that can never become records are counted at the
 * door as `undecodable` or `too_large`, what was read and not taken when the daemon stops as
 * `draining`.
 */
export function createStdin(config: StdinConfig, host: ReceiverHost, input?: Readable): Receiver {
  return new StdinReceiver(config, host, input);
}

class StdinReceiver implements Receiver {
  readonly #config: StdinConfig;
  readonly #host: ReceiverHost;
  readonly #stream = new ArrivalStream();
  readonly #splitter: LineSplitter;
  #input: Readable | undefined;
  #run = '';
  #count = 0;

  #lines: Exclude<Line, { kind: 'undecodable' }>[] = [];
  #lineBytes: number[] = [];
  #batchBytes = 0;

  /** In the order of the input; what was refused stands first. */
  #waiting: Offer[] = [];
  #inFlight = 0;
  #pumping = false;
  #timer: Timer | undefined;
  #inputEnded = false;
  #stopped = false;
  #ended = false;

  constructor(config: StdinConfig, host: ReceiverHost, input: Readable | undefined) {
    this.#config = config;
    this.#host = host;
    this.#input = input;
    this.#splitter = new LineSplitter(config.max_line_size, {
      line: (bytes) => this.#take(bytes),
      tooLong: (byteLength) => host.door.turnAway('too_large', byteLength),
    });
  }

  get arrivals(): Receiver['arrivals'] {
    return this.#stream.arrivals;
  }

  start(): void {
    this.#run = runName(this.#host);
    const input = (this.#input ??= process.stdin);
    input.on('data', (chunk: Buffer) => {
      this.#splitter.push(chunk);
      this.#close();
      this.#pump();
    });
    input.once('end', () => this.#endInput());
    input.once('error', (error) => this.#breakInput(error));
    this.#host.report({ status: 'healthy', message: 'reads standard input' });
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.cancel();
    const input = this.#input;
    if (input !== undefined && this.#run !== '') {
      input.removeAllListeners('data').removeAllListeners('end').pause().destroy();
    }
    // Half a line is no record, and nobody else will read the half that we have.
    const open = this.#splitter.openBytes;
    if (open > 0 && !this.#inputEnded) this.#host.door.turnAway('draining', open);
    for (const offer of this.#waiting.splice(0)) this.#bring(offer);
    this.#end();
  }

  #endInput(): void {
    this.#inputEnded = true;
    this.#splitter.end();
    this.#close();
    this.#pump();
  }

  #breakInput(error: Error): void {
    if (this.#stopped) return;
    this.#inputEnded = true;
    const message = `standard input cannot be read any more: ${messageOf(error)}`;
    this.#host.log.error(message, { component: this.#host.id });
    this.#host.report({ status: 'unhealthy', message });
    this.#host.door.turnAway('aborted', this.#splitter.openBytes);
    this.#pump();
  }

  #take(bytes: Uint8Array): void {
    const line = readLine(bytes, this.#config.format);
    if (line.kind === 'undecodable') {
      this.#host.door.turnAway('undecodable', bytes.length);
      return;
    }
    if (this.#batchBytes + bytes.length > BATCH_BYTES_MAX) this.#close();
    this.#lines.push(line);
    this.#lineBytes.push(bytes.length);
    this.#batchBytes += bytes.length;
    if (this.#lines.length === LINES_MAX) this.#close();
  }

  /** Makes an offer of the lines so far. */
  #close(): void {
    const lines = this.#lines;
    const lineBytes = this.#lineBytes;
    if (lines.length === 0) return;
    this.#lines = [];
    this.#lineBytes = [];
    this.#batchBytes = 0;
    try {
      this.#offer(lines, lineBytes);
    } catch {
      // A limit of the codec: only the line that goes beyond it is lost.
      for (const [index, line] of lines.entries()) this.#offerAlone(line, lineBytes[index] ?? 0);
    }
  }

  #offerAlone(line: Exclude<Line, { kind: 'undecodable' }>, byteLength: number): void {
    try {
      this.#offer([line], [byteLength]);
    } catch {
      this.#host.door.turnAway('undecodable', byteLength);
    }
  }

  #offer(lines: Exclude<Line, { kind: 'undecodable' }>[], lineBytes: readonly number[]): void {
    const request = requestOf(lines, BigInt(Math.trunc(this.#host.clock.wallMs())) * 1_000_000n);
    const number = this.#count;
    const records = indexRequest(request, numberedArrival(this.#run, number));
    this.#count += 1;
    if (records.count === 0) return;
    this.#waiting.push({
      number,
      lines: lines.length,
      lineBytes: lineBytes.reduce((sum, length) => sum + length, 0),
      records,
      bytes: request.length,
      reservation: undefined,
    });
  }

  #pump(): void {
    if (this.#pumping || this.#stopped) return;
    this.#pumping = true;
    while (this.#timer === undefined && this.#inFlight < IN_FLIGHT_MAX) {
      const offer = this.#waiting[0];
      if (offer === undefined) break;
      offer.reservation ??= this.#host.door.reserve(offer.bytes);
      if (offer.reservation === undefined) {
        this.#tryAgainAfter(this.#host.door.retryAfterMs());
        break;
      }
      this.#waiting.shift();
      this.#bring(offer);
    }
    this.#pumping = false;
    const busy = this.#waiting.length > 0 || this.#inFlight >= IN_FLIGHT_MAX;
    if (this.#inputEnded) {
      if (this.#waiting.length === 0 && this.#inFlight === 0) this.#end();
    } else if (busy) this.#input?.pause();
    else this.#input?.resume();
  }

  #bring(offer: Offer): void {
    let settled: ArrivalOutcome | undefined;
    let released = false;
    const free = (): void => {
      // What is offered again keeps its room: nobody else can take it meanwhile.
      if (!released || settled === undefined) return;
      if (settled.kind === 'refused' && !this.#stopped) return;
      offer.reservation?.release();
      offer.reservation = undefined;
    };
    const arrival: Arrival = {
      records: offer.records,
      bytes: offer.bytes,
      settle: (outcome) => {
        settled = outcome;
        this.#inFlight -= 1;
        free();
        this.#settled(offer, outcome);
      },
      release: () => {
        released = true;
        free();
      },
    };
    this.#inFlight += 1;
    this.#stream.bring(arrival);
  }

  #settled(offer: Offer, outcome: ArrivalOutcome): void {
    if (outcome.kind === 'refused') {
      if (this.#stopped) {
        this.#turnAway(offer);
        return;
      }
      const place = this.#waiting.findIndex(({ number }) => number > offer.number);
      this.#waiting.splice(place === -1 ? this.#waiting.length : place, 0, offer);
      this.#tryAgainAfter(outcome.retryAfterMs);
    }
    this.#pump();
  }

  /** One count a line, all of the bytes with the first. */
  #turnAway(offer: Offer): void {
    this.#host.door.turnAway('draining', offer.lineBytes);
    for (let more = 1; more < offer.lines; more++) this.#host.door.turnAway('draining', 0);
  }

  #tryAgainAfter(delayMs: number): void {
    this.#timer ??= this.#host.clock.after(Math.max(delayMs, 1), () => {
      this.#timer = undefined;
      this.#pump();
    });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stream.end();
  }
}

/** A name that no other run has: 64 random bits. */
function runName(host: ReceiverHost): string {
  const word = (): string =>
    Math.floor(host.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return word() + word();
}

/** One request of all lines, in their order: requests put one after the other are one request. */
function requestOf(
  lines: readonly Exclude<Line, { kind: 'undecodable' }>[],
  observedTimeUnixNano: bigint,
): Uint8Array {
  const parts: Uint8Array[] = [];
  let records: LineRecord[] = [];
  const closeRecords = (): void => {
    if (records.length === 0) return;
    const scope = { name: '', version: '', attributes: [] };
    parts.push(
      encodeRequest({
        resourceLogs: [{ resource: { attributes: [] }, scopeLogs: [{ scope, records }] }],
      }),
    );
    records = [];
  };
  for (const line of lines) {
    if (line.kind === 'record') {
      line.record.observedTimeUnixNano ??= observedTimeUnixNano;
      records.push(line.record);
    } else {
      closeRecords();
      parts.push(line.request);
    }
  }
  closeRecords();
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
