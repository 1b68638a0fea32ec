import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accounting } from './suites/accounting.ts';
import { cloudevents } from './suites/cloudevents.ts';
import { envelope } from './suites/envelope.ts';
import { guard } from './suites/guard.ts';
import { health } from './suites/health.ts';
import { nonce } from './suites/nonce.ts';
import { agtHmac, jcs } from './suites/signing.ts';
import { signer } from './suites/signer.ts';
import type { CaseResult, Json, Suite } from './suite.ts';

/** The project's own copies. */
export const OWN_VECTORS = new URL('./data/', import.meta.url).pathname;

/** Suites by what a file calls itself: the middle of `schema`, or `suite`. */
const SUITES: Readonly<Record<string, Suite>> = {
  accounting,
  agt_hmac: agtHmac,
  cloudevents,
  envelope,
  guard,
  health,
  jcs,
  nonce,
  signer,
};

/** Suites that are known and whose feature does not exist yet. */
const LATER: ReadonlySet<string> = new Set(['merkle', 'notes', 'otlp', 'replay', 'streams']);

/** What a file came to. */
export interface FileResult {
  readonly file: string;
  readonly results: readonly CaseResult[];
}

/** Runs every `.json` file of a folder, in the order of their names. */
export async function* runFolder(folder: string): AsyncGenerator<FileResult> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  for (const file of files.toSorted()) {
    const results: CaseResult[] = [];
    for await (const result of runFile(readFileSync(join(folder, file), 'utf8'))) {
      results.push(result);
    }
    yield { file, results };
  }
}

async function* runFile(text: string): AsyncGenerator<CaseResult> {
  let file: Json;
  try {
    file = JSON.parse(text) as Json;
  } catch (error) {
    yield { name: 'the file', kind: 'failed', detail: `is not JSON: ${String(error)}` };
    return;
  }
  const name = suiteName(file);
  const suite = name === undefined ? undefined : SUITES[name];
  if (suite === undefined) {
    const why = name !== undefined && LATER.has(name) ? 'not built yet' : 'an unknown schema';
    yield { name: name ?? 'the file', kind: 'skipped', detail: why };
    return;
  }
  try {
    yield* suite(file, text);
  } catch (error) {
    // A file that does not follow its schema must not pass for one without failures.
    yield { name: `suite ${name}`, kind: 'failed', detail: String(error) };
  }
}

function suiteName(file: Json): string | undefined {
  const { schema, suite } = file;
  if (typeof schema === 'string') return /^countersign-vectors\/([^/]+)\//.exec(schema)?.[1];
  return typeof suite === 'string' ? suite : undefined;
}
