import { kernelInstance } from '../../../sdk/kernel.ts';
import assert from 'node:assert/strict';
import { KERNEL } from './digest.kernel.wasm.ts';
import type { WantedNames } from './fields.ts';

/** The memory of the kernel, as in digest.kernel.as. */
const KEYS_AT = 1024;
const KEY_BYTES = 5 * 4096 + 4 * 88;
const MASKS_AT = KEYS_AT + KEY_BYTES;
const JOBS_AT = 24 * 1024;
const JOB_WORDS = 8;
const RESULTS_AT = 56 * 1024;
const ROWS_AT = 88 * 1024;
const NAME_AT = 92 * 1024;
const SPARE_AT = 96 * 1024;
const TIMES_AT = 104 * 1024;
const WANTED_AT = 112 * 1024;
/** Bytes of a wanted name: where the next one of its length stands, its ranks, its text. */
const WANTED_BYTES = 264;
/** The table by length, and 48 names: three lists of 16. */
const WANTED_FIRST = 512;
const INPUT_AT = 128 * 1024;
/** Bytes of records that the kernel takes at once: they and their jobs stay in the L2 cache. */
export const INPUT_BYTES = 256 * 1024;
const FOLDED_AT = INPUT_AT + INPUT_BYTES + 64;
/** The longest record: 32 MiB, folded to 1 MiB. Receivers take 20 MiB. */
const RECORD_BYTES_MAX = 32 * 1024 * 1024;
/** Bytes of key a stage draws at start. */
export const DIGEST_KEY_BYTES = KEY_BYTES;

/** Records that the kernel takes at once. */
export const JOBS_MAX = 1024;
/** Words of a result: key, then digest of the content. */
export const RESULT_WORDS = 8;

/** Length that says: the digest stands in the result already. */
const KEEP = 0xffff_ffff;

/** Tweaks keep contents, derived and chosen nonces apart. */
const CONTENT = 0;
const DERIVED = 1;
const CHOSEN = 3;

/** The rank of a record that the kernel leaves to `FieldScan`: its encoding is unusual. */
export const ODD = -2;

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly scan: (count: number, timeField: number) => void;
  readonly run: (count: number, results: number, spare: number) => void;
  readonly fold: (from: number, length: number, level: number, to: number) => number;
  readonly digest: (
    at: number,
    length: number,
    level: number,
    total: number,
    tweak: number,
    out: number,
  ) => void;
}

/**
 * Keyed 128-bit hashes of nonces and of records, a batch at a time.
 *
 * A message is cut into blocks of 1,024 bytes. NH (Black, Halevi, Krawczyk, Krovetz, Rogaway:
 * UMAC, 1999) under four independent keys makes 32 bytes of each; while more than one block is
 * left, these are hashed again under the keys of the next level (5 levels: 1 GiB). A multilinear
 * hash modulo 2^64 (Lemire, Kaser: Strongly universal string hashing is fast, 2014) of those 32
 * bytes, the length and a tweak gives four words of 32 bits, again under independent keys.
 *
 * Bound: two different messages of up to 32 MiB have the same digest with probability at most
 * (levels + 1) / 2^128 <= 5 / 2^128, over the choice of the key, however they were chosen: NH
 * collides with 2^-32 a lane and level, the multilinear hash with 2^-32 a word. The key is drawn
 * at start and a sender sees no digest, so nobody can aim. Not a signature: who knows the key can
 * make collisions.
 */
export class Digests {
  /** Key and digest of each job of the last `run`: `RESULT_WORDS` words a job. */
  readonly results: Int32Array;
  readonly #kernel: Kernel;
  readonly #bytes: Uint8Array;
  readonly #jobs: Int32Array;
  readonly #times: Float64Array;
  readonly #rows: Uint32Array;
  #nameLength = 0;
  #timeField = 0;

  /** `key`: `DIGEST_KEY_BYTES` random bytes. */
  constructor(key: Uint8Array) {
    this.#kernel = kernelInstance(KERNEL);
    const buffer = this.#kernel.memory.buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#bytes.set(key.subarray(0, KEY_BYTES), KEYS_AT);
    this.#bytes.fill(0xff, MASKS_AT, MASKS_AT + 32);
    this.#jobs = new Int32Array(buffer, JOBS_AT, JOBS_MAX * JOB_WORDS);
    this.#times = new Float64Array(buffer, TIMES_AT, JOBS_MAX);
    this.#rows = new Uint32Array(buffer, ROWS_AT, JOBS_MAX);
    this.results = new Int32Array(buffer, RESULTS_AT, JOBS_MAX * RESULT_WORDS);
  }

  /** What `scan` is to look for. */
  want(names: WantedNames): void {
    this.#timeField = names.timeField;
    const view = new DataView(this.#bytes.buffer, WANTED_AT);
    let at = WANTED_FIRST;
    for (const wanted of names.list) {
      // A key of 128 bytes is unusual.
      if (wanted.name.length >= 0x80) continue;
      const head = 2 * wanted.name.length;
      view.setUint16(at, view.getUint16(head, true), true);
      view.setUint16(head, at, true);
      this.#bytes.set([wanted.nonce, wanted.time, wanted.sender], WANTED_AT + at + 2);
      this.#bytes.set(wanted.name, WANTED_AT + at + 8);
      at += WANTED_BYTES;
    }
    assert(at <= INPUT_AT - WANTED_AT, 'more names than three lists of 16 can hold');
  }

  /** The name of an arrival (at most 256 ASCII characters), for jobs of derived nonces. */
  name(text: string): void {
    assert(text.length > 0 && text.length <= 256, 'an arrival key has 1 to 256 characters');
    this.#nameLength = text.length;
    for (let i = 0; i < text.length; i++) this.#bytes[NAME_AT + i] = text.charCodeAt(i);
  }

  /** Takes bytes as `at` and following of the input, which holds `INPUT_BYTES`. */
  load(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, INPUT_AT + at);
  }

  /**
   * Finds nonce, sender and time in the contents of the first `count` jobs. Those with a nonce are
   * then ready for `run`; the others, and those of rank `ODD`, have nothing to hash yet.
   */
  scan(count: number): void {
    this.#kernel.scan(count, this.#timeField);
  }

  /** As `FieldScan.nonceRank`, or `ODD`: then nothing else was found. */
  rank(i: number): number {
    return this.#jobs[i * JOB_WORDS + 7] as number;
  }

  /** As `FieldScan.nonceLength`. */
  nonceLength(i: number): number {
    return this.#jobs[i * JOB_WORDS + 5] as number;
  }

  /** As `FieldScan.senderLength`. */
  senderLength(i: number): number {
    return (this.#jobs[i * JOB_WORDS + 6] as number) - CHOSEN;
  }

  /** As `FieldScan.timeMs`. */
  timeMs(i: number): number {
    return this.#times[i] as number;
  }

  /** Job `i` has nothing to hash; its result is left as it was. */
  skip(i: number): void {
    this.#jobs[i * JOB_WORDS + 5] = 0;
  }

  /** Job `i`: a nonce and its sender (length -1: none), of at most 256 bytes each. */
  chosen(
    i: number,
    senderAt: number,
    senderLength: number,
    nonceAt: number,
    nonceLength: number,
  ): void {
    const job = i * JOB_WORDS;
    this.#jobs[job + 2] = senderAt + INPUT_AT;
    this.#jobs[job + 3] = senderLength < 0 ? 0 : senderLength;
    this.#jobs[job + 4] = nonceAt + INPUT_AT;
    this.#jobs[job + 5] = nonceLength;
    // With the total length, this says where the sender ends: no two (sender, nonce) are one text.
    this.#jobs[job + 6] = senderLength + CHOSEN;
  }

  /** Job `i`: the nonce of a row of the arrival that was named; its content is in the name. */
  derived(i: number, row: number): void {
    const job = i * JOB_WORDS;
    this.#rows[i] = row;
    this.#jobs[job + 1] = 0;
    this.#jobs[job + 2] = ROWS_AT + 4 * i;
    this.#jobs[job + 3] = 4;
    this.#jobs[job + 4] = NAME_AT;
    this.#jobs[job + 5] = this.#nameLength;
    this.#jobs[job + 6] = DERIVED;
  }

  /** The content of job `i`. A derived nonce stands for its content: the digest stays 0. */
  content(i: number, at: number, length: number): void {
    const job = i * JOB_WORDS;
    this.#jobs[job] = at + INPUT_AT;
    this.#jobs[job + 1] = this.#jobs[job + 6] === DERIVED ? 0 : length;
  }

  /** The content of job `i`, for `scan` to read. */
  record(i: number, at: number, length: number): void {
    const job = i * JOB_WORDS;
    this.#jobs[job] = at + INPUT_AT;
    this.#jobs[job + 1] = length;
  }

  /** Computes the results of the first `count` jobs. */
  run(count: number): void {
    this.#kernel.run(count, RESULTS_AT, SPARE_AT);
  }

  /**
   * Digest of a content of more than 1,024 bytes and at most 32 MiB, to the result of job `i`,
   * where `run` leaves it. Overwrites the input.
   */
  long(i: number, content: Uint8Array): void {
    assert(content.length <= RECORD_BYTES_MAX, 'a record of more than 32 MiB reached the stage');
    let folded = FOLDED_AT;
    for (let at = 0; at < content.length; at += INPUT_BYTES) {
      const part = content.subarray(at, at + INPUT_BYTES);
      this.load(0, part);
      folded += this.#kernel.fold(INPUT_AT, part.length, 0, folded);
    }
    this.#jobs[i * JOB_WORDS + 1] = KEEP;
    const out = RESULTS_AT + 4 * (i * RESULT_WORDS + 4);
    this.#kernel.digest(FOLDED_AT, folded - FOLDED_AT, 1, content.length, CONTENT, out);
  }
}
