/** One sample of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a scrape gave. */
export class Scrape {
  readonly samples: readonly Sample[];
  /** Metric types as declared by `# TYPE`. */
  readonly types: ReadonlyMap<string, string>;

  constructor(samples: readonly Sample[], types: ReadonlyMap<string, string>) {
    this.samples = samples;
    this.types = types;
  }

  /** Samples of this name whose labels include all of these. */
  find(name: string, labels: Readonly<Record<string, string>> = {}): readonly Sample[] {
    return this.samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
  }

  /** Sum of the samples that `find` gives; `undefined` when there is none. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.find(name, labels);
    if (found.length === 0) return undefined;
    return found.reduce((sum, sample) => sum + sample.value, 0);
  }
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|\})/;

/** Parses text format 0.0.4 strictly: a line that a scraper would refuse is an error here. */
export function parsePrometheus(text: string): Scrape {
  if (text !== '' && !text.endsWith('\n')) throw new Error('last line has no newline');
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, keyword, name, type] = line.split(' ');
      if (keyword !== 'TYPE') continue;
      if (name === undefined || type === undefined || types.has(name)) throw new Error(line);
      types.set(name, type);
      continue;
    }
    const sample = parseSample(line);
    const labels = Object.entries(sample.labels).map((label) => label.join('='));
    const key = JSON.stringify([sample.name, ...labels.toSorted((a, b) => (a < b ? -1 : 1))]);
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    samples.push(sample);
  }
  return new Scrape(samples, types);
}

function parseSample(line: string): Sample {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error(`no metric name: ${line}`);
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    if (rest.startsWith('}')) rest = rest.slice(1);
    else {
      for (let more = true; more;) {
        const match = LABEL.exec(rest);
        const [whole, key, value, end] = match ?? [];
        if (whole === undefined || key === undefined || value === undefined) {
          throw new Error(`bad label: ${line}`);
        }
        if (key in labels) throw new Error(`label twice: ${line}`);
        labels[key] = value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
        rest = rest.slice(whole.length);
        more = end === ',' && !rest.startsWith('}');
        if (end === ',' && !more) rest = rest.slice(1);
      }
    }
  }
  const match = /^ (\S+)(?: -?\d+)?$/.exec(rest);
  const number = match?.[1];
  if (number === undefined) throw new Error(`no value: ${line}`);
  const value = { '+Inf': Infinity, '-Inf': -Infinity, NaN }[number] ?? Number(number);
  if (Number.isNaN(value) && number !== 'NaN') throw new Error(`bad value: ${line}`);
  return { name, labels, value };
}
