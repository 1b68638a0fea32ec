import type { Clock, Reservation } from '../sdk/index.ts';

/** Bounds on what is between the doors and the ends of all pipelines. */
export interface AdmissionSettings {
  readonly inFlightBytesMax: number;
  readonly inFlightRecordsMax: number;
  /** An answer is held at most this long, then the sender is told to send again. */
  readonly answerWithinMs: number;
}

/** What a refused sender is told to wait when nothing better is known. */
export const RETRY_AFTER_MS = 1_000;

/** The memory and the records that all receivers share. */
export class Admission {
  readonly settings: AdmissionSettings;
  readonly clock: Clock;
  draining = false;
  #bytes = 0;
  #records = 0;
  #cases = 0;
  #idle: (() => void)[] = [];

  constructor(settings: AdmissionSettings, clock: Clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** Bytes reserved for what is in flight. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when no arrival is open. */
  async whenIdle(): Promise<void> {
    if (this.#cases === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  reserve(bytes: number): Reservation | undefined {
    if (!this.#take(bytes)) return undefined;
    let held = bytes;
    let released = false;
    return {
      get bytes() {
        return held;
      },
      resize: (next) => {
        if (released || (next > held && !this.#take(next - held))) return false;
        if (next < held) this.#bytes -= held - next;
        held = next;
        return true;
      },
      release: () => {
        if (released) return;
        released = true;
        this.#bytes -= held;
      },
    };
  }

  /** Room for the records of an arrival; false when too many are in flight. */
  open(records: number): boolean {
    if (this.#records > 0 && this.#records + records > this.settings.inFlightRecordsMax) {
      return false;
    }
    this.#records += records;
    this.#cases += 1;
    return true;
  }

  close(records: number): void {
    this.#records -= records;
    this.#cases -= 1;
    if (this.#cases > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #take(bytes: number): boolean {
    // The first one may be larger than all the room, or it could never come in.
    if (this.#bytes > 0 && this.#bytes + bytes > this.settings.inFlightBytesMax) return false;
    this.#bytes += bytes;
    return true;
  }
}
