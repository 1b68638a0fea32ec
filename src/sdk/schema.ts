import { z } from 'zod';
import type { Delivery } from './component.ts';

/** The one door to zod: component authors take `z` and the field types from here. */
export { z };

/** A schema whose output is a component's configuration. */
export type Schema<Config> = z.ZodType<Config>;

const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go writes it (`1h30m`, `200ms`, `0`), or `undefined`. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    ms += Number(amount) * (DURATION_UNITS_MS[unit ?? ''] ?? 0);
  }
  return ms;
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1_000,
  mb: 1_000_000,
  gb: 1_000_000_000,
  kib: 1_024,
  mib: 1_048_576,
  gib: 1_073_741_824,
};

/** Bytes of a size such as `20MiB`, `64kB` or `512`, or `undefined`. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/i.exec(text.trim());
  const unit = BYTE_UNITS[(match?.[2] ?? '').toLowerCase()];
  if (match === null || unit === undefined) return undefined;
  return Math.round(Number(match[1]) * unit);
}

/** A duration; the configuration holds milliseconds. Written `5m`, `1h30m`, `200ms`, `0s`. */
export function duration(defaultText: string) {
  return z
    .string()
    .meta({ title: 'duration', examples: ['200ms', '5m', '1h30m'] })
    .default(defaultText)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms === undefined) {
        context.addIssue(`"${text}" is not a duration; write 200ms, 5m or 1h30m`);
        return z.NEVER;
      }
      return ms;
    });
}

/** A size in bytes: a number, or `20MiB`, `64kB`. */
export function byteSize(defaultBytes: number) {
  return z
    .union([z.int().min(0), z.string()])
    .meta({ title: 'size', examples: [20_971_520, '20MiB'] })
    .default(defaultBytes)
    .transform((value, context) => {
      const bytes = typeof value === 'number' ? value : parseByteSize(value);
      if (bytes === undefined) {
        context.addIssue(`"${String(value)}" is not a size; write 20971520, 20MiB or 64kB`);
        return z.NEVER;
      }
      return bytes;
    });
}

/** A text that no dump, log or error shows: it prints as `[REDACTED]`. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it where the secret is used, and nowhere else. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[REDACTED]';
  }

  toJSON(): string {
    return '[REDACTED]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[REDACTED]';
  }
}

/** Marks the JSON Schema of a secret, so that `print-config` knows what to hide. */
export const SECRET_FORMAT = 'secret';

/** A secret text. */
export function secret() {
  return z
    .string()
    .meta({ format: SECRET_FORMAT })
    .transform((text) => new Secret(text));
}

/** Header names with secret values. */
export function secretHeaders() {
  return z.record(z.string(), secret()).default({});
}

/** `host:port`, `[::1]:port` or `:port`. */
export function endpoint(defaultText: string) {
  return z
    .string()
    .regex(/^(?:\[[0-9a-fA-F:.]+\]|[^:\s/]*):\d{1,5}$/, {
      message: 'is not an address; write host:port, for example 127.0.0.1:4318',
    })
    .default(defaultText);
}

// ------------------------------------------------- keys every exporter shares

const batchSchema = z
  .strictObject({
    flush_timeout: duration('200ms').describe('How long records may wait for others.'),
    min_size: z.int().min(0).default(8192).describe('Send as soon as this much waits.'),
    max_size: z.int().min(0).default(0).describe('Never send more at once; 0: no limit.'),
    sizer: z.enum(['items', 'bytes', 'requests']).default('items').describe('Unit of the sizes.'),
  })
  .describe('Merges what waits in the queue into larger requests.');

const queueSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('False: each arrival is shipped at once.'),
    num_consumers: z.int().min(1).max(1000).default(10).describe('Requests in flight at a time.'),
    queue_size: z.int().min(1).default(1000).describe('Capacity, in units of `sizer`.'),
    sizer: z.enum(['requests', 'items', 'bytes']).default('requests').describe('Unit of size.'),
    block_on_overflow: z
      .boolean()
      .default(false)
      .describe('Full: hold the sender until there is room, instead of refusing.'),
    overflow: z
      .enum(['refuse', 'drop_oldest'])
      .default('refuse')
      .describe('`drop_oldest`: the oldest waiting records make room and count as dropped.'),
    wait_for_result: z
      .boolean()
      .default(true)
      .describe('The answer waits for the delivery; false answers as soon as records are queued.'),
    batch: batchSchema.nullish(),
  })
  .prefault({});

const retrySchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Retry what the backend did not take.'),
    initial_interval: duration('5s').describe('Wait before the first retry.'),
    max_interval: duration('30s').describe('Longest wait between two attempts.'),
    max_elapsed_time: duration('300s').describe('Give up after this long; 0s: never.'),
    multiplier: z.number().min(1).default(1.5).describe('Growth of the wait.'),
    randomization_factor: z.number().min(0).max(1).default(0.5).describe('Jitter of the wait.'),
  })
  .prefault({});

const breakerSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Stop trying while the backend keeps failing.'),
    failure_threshold: z.int().min(1).default(5).describe('Failed attempts in a row that open it.'),
    cooldown: duration('30s').describe('How long it stays open before one probe goes through.'),
  })
  .prefault({});

/** The keys of queue, retry and timeout, as the Collector's exporter helper has them. */
export function deliveryKeys(defaults: { timeout: string }) {
  return {
    timeout: duration(defaults.timeout).describe('Deadline of one attempt; 0s: none.'),
    sending_queue: queueSchema.describe('Queue in memory between pipeline and exporter.'),
    retry_on_failure: retrySchema.describe('What to do when the backend does not take records.'),
    circuit_breaker: breakerSchema.describe('Refuse at the door while the backend keeps failing.'),
  };
}

interface DeliveryConfig {
  readonly timeout: number;
  readonly sending_queue: z.output<typeof queueSchema>;
  readonly retry_on_failure: z.output<typeof retrySchema>;
  readonly circuit_breaker: z.output<typeof breakerSchema>;
}

/** The settings that `deliveryKeys` parsed. */
export function deliveryOf(config: DeliveryConfig): Delivery {
  const queue = config.sending_queue;
  const retry = config.retry_on_failure;
  const breaker = config.circuit_breaker;
  return {
    timeoutMs: config.timeout,
    queue: queue.enabled
      ? {
          consumers: queue.num_consumers,
          size: queue.queue_size,
          sizer: queue.sizer,
          blockOnOverflow: queue.block_on_overflow,
          dropOldest: queue.overflow === 'drop_oldest',
          waitForResult: queue.wait_for_result,
          batch:
            queue.batch === null || queue.batch === undefined
              ? undefined
              : {
                  flushTimeoutMs: queue.batch.flush_timeout,
                  minSize: queue.batch.min_size,
                  maxSize: queue.batch.max_size,
                  sizer: queue.batch.sizer,
                },
        }
      : undefined,
    retry: retry.enabled
      ? {
          initialIntervalMs: retry.initial_interval,
          maxIntervalMs: retry.max_interval,
          maxElapsedMs: retry.max_elapsed_time,
          multiplier: retry.multiplier,
          randomizationFactor: retry.randomization_factor,
        }
      : undefined,
    breaker: breaker.enabled
      ? { failuresMax: breaker.failure_threshold, cooldownMs: breaker.cooldown }
      : undefined,
  };
}
