import { MemoryNonceStore } from '../../../src/index.ts';
import { each, list, number, same, text, throws, type CaseResult, type Json } from '../suite.ts';

/** Sequences of operations on a nonce store. It expires lazily, as the counts assume. */
export async function* nonce(file: Json): AsyncGenerator<CaseResult> {
  yield* each('scenarios', list(file, 'scenarios'), runScenario);
  yield* each('config_error_cases', list(file, 'config_error_cases'), (item) => {
    const maxEntries = number(item, 'max_entries');
    const refused = throws(() => new MemoryNonceStore({ now: () => 0, maxEntries }));
    same('refused', refused, item['expect'] === 'rejected');
  });
}

function runScenario(scenario: Json): void {
  let nowMs = number(scenario, 'start_ms');
  const store = new MemoryNonceStore({
    now: () => nowMs,
    maxEntries: number(scenario, 'max_entries'),
  });
  for (const [index, step] of list(scenario, 'ops').entries()) {
    const op = text(step, 'op');
    const what = `step ${index} ${op}`;
    switch (op) {
      case 'set_clock':
        nowMs = number(step, 'now_ms');
        break;
      case 'add': {
        const added = store.add(text(step, 'nonce'), number(step, 'expires_at_ms'));
        same(what, added ? 'ok' : 'capacity_error', step['expect']);
        break;
      }
      case 'has':
        same(what, store.has(text(step, 'nonce')), step['expect']);
        break;
      case 'cleanup':
        same(what, store.cleanup(), step['expect']);
        break;
      case 'count':
        same(what, store.count(), step['expect']);
        break;
      default:
        throw new Error(`unknown operation ${op}`);
    }
    if ('count_after' in step) same(`${what} count`, store.count(), step['count_after']);
  }
}
