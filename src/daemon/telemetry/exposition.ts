/** How Prometheus reads a series. */
export type SeriesType = 'counter' | 'gauge' | 'untyped';

export type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly type: SeriesType;
  readonly help: string;
  /** Values by their labels as text; equal labels add up. */
  readonly samples: Map<string, number>;
}

/** Gathers samples and writes them in the Prometheus text format, version 0.0.4. */
export class Exposition {
  readonly #families = new Map<string, Family>();

  add(name: string, type: SeriesType, help: string, value: number, labels: Labels = {}): void {
    let family = this.#families.get(name);
    if (family === undefined) {
      family = { type, help, samples: new Map() };
      this.#families.set(name, family);
    }
    const key = labelText(labels);
    family.samples.set(key, (family.samples.get(key) ?? 0) + value);
  }

  toString(): string {
    let text = '';
    for (const [name, { type, help, samples }] of this.#families) {
      text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
      text += `# TYPE ${name} ${type}\n`;
      for (const [labels, value] of samples) text += `${name}${labels} ${numberText(value)}\n`;
    }
    return text;
  }
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([key, value]) =>
      `${key.replaceAll(/[^a-zA-Z0-9_]/g, '_')}="${value
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"')
        .replaceAll('\n', '\\n')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
