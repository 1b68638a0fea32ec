import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { HealthStatus } from '../../sdk/index.ts';
import { HealthChecker } from './checker.ts';
import type { CheckResult, HealthCheck } from './checker.ts';

interface VectorCheck {
  kind: 'status' | 'raises' | 'returns_null' | 'raw_string_status';
  name: string;
  status?: HealthStatus;
  message?: string;
  latency_ms?: number;
  result_name?: string;
}

type Methods = null | string[] | { noncallable?: string[]; property_raises?: string[] };

interface VectorCase {
  id: string;
  class: string;
  conformance: string;
  register_builtins: boolean;
  audit_backend: Methods;
  runtime: Methods;
  checks: VectorCheck[];
  expect?: {
    status: string;
    healthy: boolean;
    ready: boolean;
    components: Record<string, { name: string; status: string; message: string }>;
    component_order: string[];
    latency_ms?: Record<string, number>;
  };
}

const VECTORS = JSON.parse(
  readFileSync(new URL('../../../test/vectors/data/health.json', import.meta.url), 'utf8'),
) as { cases: VectorCase[] };

const must = VECTORS.cases.filter((vector) => vector.conformance === 'must');

function checkOf(vector: VectorCheck): HealthCheck {
  return () => {
    if (vector.kind === 'raises') throw new Error(vector.message ?? '');
    // What untyped callers may return: the type of the result is the point of these cases.
    if (vector.kind === 'returns_null') return null as unknown as CheckResult;
    return {
      status: vector.status ?? 'healthy',
      ...(vector.message !== undefined && { message: vector.message }),
      ...(vector.latency_ms !== undefined && { latencyMs: vector.latency_ms }),
      ...(vector.result_name !== undefined && { name: vector.result_name }),
    };
  };
}

function has(methods: Exclude<Methods, null>, name: string): boolean {
  if (Array.isArray(methods)) return methods.includes(name);
  if (methods.property_raises?.includes(name) === true) throw new Error(`no ${name}`);
  return false;
}

/** The two checks that the reference's kernel has built in. */
const BUILT_IN: Record<string, (methods: Methods) => CheckResult> = {
  runtime: (methods) => {
    if (methods === null) return { status: 'degraded', message: 'no runtime configured' };
    return has(methods, 'create_session')
      ? { status: 'healthy', message: 'runtime configured' }
      : { status: 'unhealthy', message: 'runtime missing create_session interface' };
  },
  audit_backend: (methods) => {
    if (methods === null) return { status: 'degraded', message: 'no audit backend configured' };
    return (has(methods, 'write') && has(methods, 'flush')) || has(methods, 'emit')
      ? {
          status: 'healthy',
          message: 'audit backend configured (write/flush interface available)',
        }
      : { status: 'unhealthy', message: 'audit backend missing write/flush or emit interface' };
  },
};

test('there are vectors', () => expect(must.length).toBeGreaterThan(30));

test.each(must.map((vector) => [vector.id, vector.class, vector] as const))(
  '%s %s',
  async (_, __, vector) => {
    const checker = new HealthChecker({ version: '9.9' });
    if (vector.register_builtins) {
      checker.register('runtime', () => BUILT_IN['runtime']?.(vector.runtime) as CheckResult);
      checker.register(
        'audit_backend',
        () => BUILT_IN['audit_backend']?.(vector.audit_backend) as CheckResult,
      );
    }
    for (const check of vector.checks) checker.register(check.name, checkOf(check));
    const health = await checker.check();
    expect({
      status: health.status,
      healthy: health.healthy,
      ready: health.ready,
      order: [...health.components.keys()],
      components: Object.fromEntries(
        [...health.components].map(([key, { name, status, message }]) => [
          key,
          { name, status, message },
        ]),
      ),
    }).toEqual({
      status: vector.expect?.status,
      healthy: vector.expect?.healthy,
      ready: vector.expect?.ready,
      order: vector.expect?.component_order,
      components: vector.expect?.components,
    });
    for (const [name, latency] of Object.entries(vector.expect?.latency_ms ?? {})) {
      expect(health.components.get(name)?.latencyMs).toBe(latency);
    }
    expect(checker.live().components.get('process')).toMatchObject({
      status: 'healthy',
      message: 'alive',
    });
  },
);

describe('the holes of the reference', () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['nothing', undefined],
    ['a text', 'healthy'],
    ['an unknown status', { status: 'meh' }],
    ['a status by inheritance', { status: 'toString' }],
    ['a status of another type', { status: ['healthy'] }],
  ])('%s is unhealthy', async (_, result) => {
    const checker = new HealthChecker();
    checker.register('fine', () => ({ status: 'healthy' }));
    checker.register('odd', () => result as CheckResult);
    expect((await checker.check()).status).toBe('unhealthy');
  });

  test('a check that hangs is unhealthy, and the others are heard', async () => {
    const expired: (() => void)[] = [];
    const checker = new HealthChecker({
      timeoutMs: 10,
      clock: {
        wallMs: () => 0,
        monotonicMs: () => 0,
        after: (_, call) => {
          expired.push(call);
          return { cancel: () => undefined, [Symbol.dispose]: () => undefined };
        },
      },
    });
    checker.register('hangs', () => new Promise<never>(() => undefined));
    checker.register('fine', () => ({ status: 'healthy' }));
    const pending = checker.check();
    expired[0]?.();
    const health = await pending;
    expect(health.status).toBe('unhealthy');
    expect(health.components.get('fine')?.status).toBe('healthy');
    expect(health.timestamp).toBe('1970-01-01T00:00:00.000Z');
  });

  test('a fixed check cannot be replaced', () => {
    const checker = new HealthChecker();
    checker.register('ledger', () => ({ status: 'unhealthy' }), { fixed: true });
    expect(() => checker.register('ledger', () => ({ status: 'healthy' }))).toThrow(/built in/);
  });

  test.each([
    ['postgres://admin:hunter2@db/x refused', 'postgres://[REDACTED]@db/x refused'],
    ['login failed: password=hunter2, user=a', 'login failed: password=[REDACTED], user=a'],
    ['401 for Bearer abc.def-ghi', '401 for Bearer [REDACTED]'],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: [REDACTED]'],
    ['bad key hmac:AAAA', 'bad key hmac:[REDACTED]'],
    ['"api_key": "k1"', '"api_key": [REDACTED]'],
    ['connect ECONNREFUSED 127.0.0.1:4319', 'connect ECONNREFUSED 127.0.0.1:4319'],
    ['two\nlines\u001b[31m', 'two lines [31m'],
  ])('what a check throws is published without secrets: %j', async (thrown, shown) => {
    const checker = new HealthChecker();
    checker.register('db', () => {
      throw new Error(thrown);
    });
    expect((await checker.check()).components.get('db')?.message).toBe(shown);
  });
});
