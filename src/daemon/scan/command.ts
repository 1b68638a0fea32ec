import { once } from 'node:events';
import { poisoningGuard } from '../../components/processors/poisoning_guard/index.ts';
import type { PoisoningGuardConfig } from '../../components/processors/poisoning_guard/index.ts';
import type { Form } from './input.ts';
import { scan } from './scan.ts';
import type { ScanRequest, ScanStreams } from './scan.ts';

/** `countersign scan` on the process's own streams; gives the exit code. Without `guard`, by the defaults. */
export async function scanCommand(
  files: readonly string[],
  options: Pick<ScanRequest, 'format'> & {
    readonly ruleset: PoisoningGuardConfig['ruleset'];
    readonly input: Form;
    readonly lines?: true;
  },
  guard?: PoisoningGuardConfig,
): Promise<number> {
  const { ruleset, format, input, lines } = options;
  const request: ScanRequest = {
    files,
    guard: guard ?? poisoningGuard.schema.parse({ ruleset }),
    format,
    form: lines === true ? 'lines' : input,
  };
  return await scan(request, processStreams());
}

function processStreams(): ScanStreams {
  const { stdin, stdout, stderr } = process;
  let isBroken = false;
  // `countersign scan … | head`: nobody reads any longer.
  stdout.on('error', () => (isBroken = true));
  return {
    stdin,
    out: async (line) => {
      if (isBroken) return false;
      if (!stdout.write(`${line}\n`)) await once(stdout, 'drain').catch(() => undefined);
      return !isBroken;
    },
    err: (line) => void stderr.write(`${line}\n`),
    nowMs: () => performance.now(),
  };
}
