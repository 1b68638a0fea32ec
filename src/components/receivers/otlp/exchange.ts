import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Arrival, Clock, Door, RecordSet, Reservation } from '../../../sdk/index.ts';
import { CountersignError, resendableArrival } from '../../../sdk/index.ts';
import { indexRequest, transcodeJsonRequest } from '../../../otlp/index.ts';
import type { Answer } from './answer.ts';
import { answerTo, fault, retryAfter, send, success } from './answer.ts';
import type { BodyReading } from './body.ts';
import { BodyReader, firstReservation } from './body.ts';
import { inflate } from './inflate.ts';
import type { BodyTerms, Compression, Encoding, Refusal } from './screening.ts';
import { encodingOf, tooLarge } from './screening.ts';
import type { SlabPool } from './slabs.ts';

/** What all exchanges of a receiver share. */
export interface Service {
  readonly door: Door;
  readonly clock: Clock;
  readonly slabs: SlabPool;
  readonly bodyBytesMax: number;
  /** Name, value, name, … of headers that every answer carries. */
  readonly headers: readonly string[];
  readonly keepAlive: boolean;
  /** Nothing more is taken: the receiver was stopped or the daemon is draining. */
  readonly draining: boolean;
  bring(arrival: Arrival): void;
}

/**
 * One request from its headers to its answer. Answered once; the memory for its body goes back
 * when it is refused, and otherwise when the arrival is released.
 */
export class Exchange {
  readonly #service: Service;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #corsHeaders: readonly string[];
  readonly #encoding: Encoding;
  #reader: BodyReader | undefined;
  #reservation: Reservation | undefined;
  #isLast = false;

  constructor(
    service: Service,
    request: IncomingMessage,
    response: ServerResponse,
    corsHeaders: readonly string[],
  ) {
    this.#service = service;
    this.#request = request;
    this.#response = response;
    this.#corsHeaders = corsHeaders;
    // A stranger's type is answered in the encoding that people can read.
    this.#encoding = encodingOf(request.headers['content-type']) ?? 'json';
  }

  /** Takes the body and brings its records in. */
  take(terms: BodyTerms, expectsContinue: boolean): void {
    const { door, slabs, bodyBytesMax } = this.#service;
    this.#reservation = door.reserve(firstReservation(terms.length));
    if (this.#reservation === undefined) {
      this.refuse(this.#memoryFull());
      return;
    }
    if (expectsContinue) this.#response.writeContinue();
    this.#reader = new BodyReader(
      this.#request,
      slabs,
      this.#reservation,
      { length: terms.length, bytesMax: bodyBytesMax },
      (reading) => this.#read(reading, terms),
    );
  }

  /** Turns the request away, counted. */
  refuse(refusal: Refusal, bytes = declaredBytes(this.#request)): void {
    this.#reservation?.release();
    this.#reservation = undefined;
    this.#service.door.turnAway(refusal.reason, bytes);
    const { status, message, headers } = refusal;
    this.answer(fault(status, this.#encoding, message, headers));
  }

  /** Turns the request away if its body is still coming in: nobody takes records any more. */
  drain(): void {
    if (this.#reader?.abandon() === true) this.refuse(this.draining(), this.#reader.bytes);
  }

  /**
   * What follows on the connection is no HTTP. True when that belongs to this request, which is
   * refused if it was not yet; else an answer that is still due ends the connection.
   */
  garble(refusal: Refusal): boolean {
    this.#isLast = true;
    // A whole body may not have been handed on yet: what follows it is not its fault.
    if (this.#request.complete) return false;
    if (this.#reader?.abandon() === true) this.refuse(refusal, this.#reader.bytes);
    return true;
  }

  draining(): Refusal {
    return {
      status: 503,
      reason: 'draining',
      message: 'shutting down; send the same request again, to another instance if there is one',
      headers: retryAfter(this.#service.door.retryAfterMs()),
    };
  }

  answer(answer: Answer): void {
    const { clock, headers, keepAlive, draining } = this.#service;
    const close = draining || !keepAlive || this.#isLast;
    const all = this.#corsHeaders.length === 0 ? headers : [...headers, ...this.#corsHeaders];
    send(this.#request, this.#response, answer, { clock, headers: all, close });
  }

  #memoryFull(): Refusal {
    return {
      status: 429,
      reason: 'memory_full',
      message: 'too many bytes are in flight; send the same request again later',
      headers: retryAfter(this.#service.door.retryAfterMs()),
    };
  }

  #read(reading: BodyReading, terms: BodyTerms): void {
    switch (reading.kind) {
      case 'whole': {
        const body = reading.slab.subarray(0, reading.bytes);
        if (terms.compression === 'identity') this.#decode(body, reading.slab, reading.bytes);
        else void this.#inflate(body, reading.slab, terms.compression);
        return;
      }
      case 'too_large':
        this.refuse(tooLarge(this.#service.bodyBytesMax), reading.bytes);
        return;
      case 'memory_full':
        this.refuse(this.#memoryFull(), reading.bytes);
        return;
      case 'aborted':
        this.#reservation?.release();
        this.#service.door.turnAway('aborted', reading.bytes);
        return;
      default:
        reading satisfies never;
    }
  }

  async #inflate(
    body: Buffer,
    slab: Buffer,
    compression: Exclude<Compression, 'identity'>,
  ): Promise<void> {
    const { bodyBytesMax, slabs } = this.#service;
    const reservation = this.#reservation;
    assert(reservation !== undefined, 'a body was read without room for it');
    const wireBytes = body.length;
    const inflation = await inflate(body, compression, bodyBytesMax, reservation);
    // Whatever read from the slab has ended with the promise.
    slabs.give(slab);
    switch (inflation.kind) {
      case 'inflated':
        this.#decode(inflation.bytes, undefined, wireBytes);
        return;
      case 'too_large':
        this.refuse(tooLarge(bodyBytesMax), wireBytes);
        return;
      case 'memory_full':
        this.refuse(this.#memoryFull(), wireBytes);
        return;
      case 'undecodable':
        this.refuse(undecodable(`the body is no valid ${compression} data`), wireBytes);
        return;
      default:
        inflation satisfies never;
    }
  }

  /** @param slab memory that goes back to the pool once nobody reads `body` any more */
  #decode(body: Buffer, slab: Buffer | undefined, wireBytes: number): void {
    const { slabs, draining } = this.#service;
    let held = slab;
    const giveBack = (): void => {
      if (held !== undefined) slabs.give(held);
      held = undefined;
    };
    let records: RecordSet;
    try {
      let bytes: Uint8Array = body;
      if (this.#encoding === 'json') {
        bytes = transcodeJsonRequest(body);
        giveBack();
      }
      records = indexRequest(bytes, resendableArrival(bytes));
      if (draining || !this.#holds(bytes.length)) {
        giveBack();
        this.refuse(draining ? this.draining() : this.#memoryFull(), wireBytes);
        return;
      }
    } catch (thrown) {
      giveBack();
      this.refuse(refusalOf(thrown), wireBytes);
      return;
    }
    if (records.count > 0) {
      this.#bring(records, giveBack);
      return;
    }
    giveBack();
    this.#reservation?.release();
    this.answer(success(this.#encoding));
  }

  #holds(bytes: number): boolean {
    return this.#reservation?.bytes === bytes || this.#reservation?.resize(bytes) === true;
  }

  #bring(records: RecordSet, giveBack: () => void): void {
    const reservation = this.#reservation;
    assert(reservation !== undefined, 'records were read without room for them');
    let settled = false;
    let released = false;
    this.#service.bring({
      records,
      bytes: reservation.bytes,
      settle: (outcome) => {
        assert(!settled, 'an arrival was settled twice');
        settled = true;
        this.answer(answerTo(outcome, this.#encoding));
      },
      release: () => {
        assert(!released, 'an arrival was released twice');
        released = true;
        giveBack();
        reservation.release();
      },
    });
  }
}

function declaredBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}

function undecodable(message: string): Refusal {
  return { status: 400, reason: 'undecodable', message };
}

/** The codec's errors are the sender's fault; anything else is ours and goes on. */
function refusalOf(thrown: unknown): Refusal {
  if (!(thrown instanceof CountersignError)) throw thrown;
  return thrown.code === 'CS_REQUEST_TOO_LARGE'
    ? { status: 413, reason: 'too_large', message: thrown.message }
    : undecodable(thrown.message);
}
