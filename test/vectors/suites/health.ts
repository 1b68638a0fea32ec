import { HealthChecker, type CheckResult, type HealthCheck } from '../../../src/index.ts';
import { each, list, object, same, text, type CaseResult, type Json } from '../suite.ts';

/** Health checks and what they come to together. The kernel's two own checks are made here. */
export async function* health(file: Json): AsyncGenerator<CaseResult> {
  yield* each('cases', list(file, 'cases'), runCase);
}

async function runCase(item: Json): Promise<void> {
  const expect = object(item, 'expect');
  const checker = new HealthChecker({ version: text(expect, 'version') });
  if (item['register_builtins'] === true) {
    checker.register('runtime', () => runtimeCheck(item['runtime']));
    checker.register('audit_backend', () => auditCheck(item['audit_backend']));
  }
  for (const check of list(item, 'checks')) checker.register(text(check, 'name'), checkOf(check));
  const found = await checker.check();
  const components = [...found.components];
  same('status', found.status, expect['status']);
  same('healthy', found.healthy, expect['healthy']);
  same('ready', found.ready, expect['ready']);
  same(
    'order',
    components.map(([name]) => name),
    expect['component_order'],
  );
  const shown = components.map(([key, { name, status, message }]) => [
    key,
    { name, status, message },
  ]);
  same('components', Object.fromEntries(shown), expect['components']);
  for (const [name, latencyMs] of Object.entries((expect['latency_ms'] ?? {}) as Json)) {
    same('latency', found.components.get(name)?.latencyMs, latencyMs);
  }
  checkLive(checker, item);
}

function checkLive(checker: HealthChecker, item: Json): void {
  const expected = item['expect_live'] as Json | undefined;
  if (expected === undefined) return;
  const live = checker.live();
  same('live', live.status, expected['status']);
  const components = [...live.components].map(([name, { status, message }]) => [
    name,
    [status, message],
  ]);
  same('live components', Object.fromEntries(components), expected['components']);
}

function checkOf(check: Json): HealthCheck {
  const kind = text(check, 'kind');
  return () => {
    if (kind === 'raises') throw new Error(text(check, 'message'));
    if (kind !== 'status') return null as unknown as CheckResult;
    return {
      status: text(check, 'status') as CheckResult['status'],
      ...(typeof check['message'] === 'string' && { message: check['message'] }),
      ...(typeof check['latency_ms'] === 'number' && { latencyMs: check['latency_ms'] }),
      ...(typeof check['result_name'] === 'string' && { name: check['result_name'] }),
    };
  };
}

/** Whether the described object has a callable of this name; throws where reading it would. */
function callable(described: unknown, name: string): boolean {
  if (Array.isArray(described)) return described.includes(name);
  const raises = (described as Json)['property_raises'];
  if (Array.isArray(raises) && raises.includes(name)) throw new Error(`no ${name}`);
  return false;
}

function runtimeCheck(runtime: unknown): CheckResult {
  if (runtime === null) return { status: 'degraded', message: 'no runtime configured' };
  return callable(runtime, 'create_session')
    ? { status: 'healthy', message: 'runtime configured' }
    : { status: 'unhealthy', message: 'runtime missing create_session interface' };
}

function auditCheck(backend: unknown): CheckResult {
  if (backend === null) return { status: 'degraded', message: 'no audit backend configured' };
  const writes = callable(backend, 'write') && callable(backend, 'flush');
  return writes || callable(backend, 'emit')
    ? {
        status: 'healthy',
        message: 'audit backend configured (write/flush interface available)',
      }
    : { status: 'unhealthy', message: 'audit backend missing write/flush or emit interface' };
}
