import { readFileSync } from 'node:fs';
import type { Surroundings } from './config/substitute.ts';

/** The environment and the files of this process, as configuration reads them. */
export const processSurroundings: Surroundings = {
  env: (name) => process.env[name],
  readFile: (path) => readFileSync(path, 'utf8'),
};
