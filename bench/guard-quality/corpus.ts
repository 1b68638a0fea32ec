/** The corpus as it lies in a folder of JSON lines, and the choosing of samples from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from 'node:crypto';

/** One text of the corpus. */
export interface CorpusText {
  readonly id: string;
  readonly source: string;
  readonly label: 'malicious' | 'benign';
  /** For example `tool_poisoning`, `benign_log`. */
  readonly class: string;
  /** `core`: malice or innocence is visible in the text. Headline figures use core only. */
  readonly tier: 'core' | 'extended';
  readonly text: string;
}

/** Every text below `folder`, ordered by id, so that nothing depends on the order of files. */
export function loadCorpus(folder: string): readonly CorpusText[] {
  const texts = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .filter((line) => line !== '')
    .map((line): CorpusText => JSON.parse(line));
  if (texts.length === 0) throw new Error(`${folder}: no *.jsonl with texts in it`);
  return texts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const rank = (seed: string, id: string): string => hash('sha1', seed + id, 'hex');

/** Up to `count` texts, always the same ones: those whose hashed ids come first. */
export function sample(
  texts: readonly CorpusText[],
  count: number,
  seed = 'ev',
): readonly CorpusText[] {
  return texts
    .map((text) => ({ text, at: rank(seed, text.id) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, count)
    .map(({ text }) => text);
}

/** The class under which a text is counted: commands and instructions to exfiltrate are one. */
export function pooledClass(name: string): string {
  return name.startsWith('exfil_') ? 'exfil' : name.replace(/_command$/, '');
}

/** Groups in the order of their names. */
export function groupsBy<T>(items: readonly T[], key: (item: T) => string): [string, T[]][] {
  const groups = Map.groupBy(items, key);
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
