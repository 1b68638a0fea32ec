// Brings every generated page up to date: `npm run docs`. With --check it only says what is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from '../src/daemon/generated.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

let stale = 0;
for (const [name, text] of generatedFiles((path) => read(`${root}${path}`))) {
  const path = `${root}${name}`;
  if (read(path) === text) continue;
  stale += 1;
  console.log(`${process.argv.includes('--check') ? 'stale' : 'written'}: ${name}`);
  if (process.argv.includes('--check')) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
process.exit(process.argv.includes('--check') && stale > 0 ? 1 : 0);
