import { jsonRequest } from '../../../otlp/index.ts';
import type { Exporter, Host, LogRecord, RecordSet, Shipment } from '../../../sdk/index.ts';
import type { DebugConfig } from './index.ts';

const DELIVERED: Shipment = { status: 'delivered', rejected: 0 };

/** One line about a record that says nothing of what stands in it. */
function outline(record: LogRecord): string {
  const time = record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano;
  const severity = record.severityNumber === 0 ? 'unspecified' : String(record.severityNumber);
  return (
    `timeUnixNano=${time} severityNumber=${severity} attributes=${record.attributes.length}` +
    ` bytes=${record.bytes.length}`
  );
}

function totalOf(sets: readonly RecordSet[], measure: (set: RecordSet) => number): number {
  let total = 0;
  for (const set of sets) total += measure(set);
  return total;
}

/** Decides, as zap's sampler does, which batches of a second are shown. */
class Sampler {
  readonly #initial: number;
  readonly #thereafter: number;
  #second = -1;
  #seen = 0;

  constructor(initial: number, thereafter: number) {
    this.#initial = initial;
    this.#thereafter = thereafter;
  }

  shows(monotonicMs: number): boolean {
    const second = Math.floor(monotonicMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#seen = 0;
    }
    this.#seen += 1;
    if (this.#seen <= this.#initial) return true;
    return this.#thereafter > 0 && (this.#seen - this.#initial) % this.#thereafter === 0;
  }
}

/**
 * Writes one entry per shown batch to the daemon's log at INFO and delivers everything.
 *
 * Record content is written at `verbosity: detailed` only: there it is what was asked for.
 */
export function createDebug(config: DebugConfig, host: Host): Exporter {
  const sampler = new Sampler(config.sampling_initial, config.sampling_thereafter);
  return {
    async ship(sets) {
      if (!sampler.shows(host.clock.monotonicMs())) return DELIVERED;
      const fields = {
        records: totalOf(sets, (set) => set.count),
        bytes: totalOf(sets, (set) => set.byteLength),
        scopes: totalOf(sets, (set) => set.groups.length),
      };
      switch (config.verbosity) {
        case 'basic':
          host.log.info('logs', fields);
          break;
        case 'normal': {
          const outlines = sets.flatMap((set) => Array.from(set, outline));
          host.log.info('logs', { ...fields, outlines: outlines.join('; ') });
          break;
        }
        case 'detailed':
          host.log.info('logs', { ...fields, request: jsonRequest(sets) });
          break;
        default:
          config.verbosity satisfies never;
      }
      return DELIVERED;
    },
  };
}
