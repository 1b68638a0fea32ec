import { Deadline } from '../../../sdk/index.ts';
import { expect, test } from 'vitest';
import { createNop } from './nop.ts';
import { nopExporter } from './index.ts';

const neverExpires = new Deadline(
  { wallMs: () => 0, monotonicMs: () => 0, after: () => ({ cancel() {}, [Symbol.dispose]() {} }) },
  Number.POSITIVE_INFINITY,
);

test('delivers whatever it is given', async () => {
  expect(await createNop().ship([], neverExpires)).toEqual({ status: 'delivered', rejected: 0 });
});

test('has no keys, no queue and no retry', () => {
  expect(nopExporter.schema.safeParse({}).success).toBe(true);
  expect(nopExporter.schema.safeParse({ endpoint: 'x' }).success).toBe(false);
  expect(nopExporter.delivery({})).toEqual({
    timeoutMs: 0,
    queue: undefined,
    retry: undefined,
    breaker: undefined,
  });
});
