import type { LedgerSnapshot } from '../../runtime/index.ts';
import { json, text } from '../server/http.ts';
import type { Pages } from '../server/http.ts';
import { statusOf } from './status.ts';
import type { Observed } from './status.ts';

/** The pages of the health server. `observe` and `snapshot` are asked at each request. */
export function healthPages(observe: () => Observed, snapshot: () => LedgerSnapshot): Pages {
  const ready = () => {
    const { ready: isReady, status, phase, message } = statusOf(observe());
    return json(isReady ? 200 : 503, { status, phase, message });
  };
  return {
    '/': ready,
    '/readyz': ready,
    '/livez': () => {
      const { live, message } = statusOf(observe());
      return text(live ? 200 : 503, `${live ? 'alive' : message}\n`);
    },
    '/status': () => {
      const status = statusOf(observe());
      return json(status.ready ? 200 : 503, status);
    },
    '/ledger': () => json(200, snapshot()),
  };
}
