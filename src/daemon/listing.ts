import type { ComponentDefinition } from '../sdk/index.ts';

/** The built-in components as YAML, in the shape of the Collector's `components` command. */
export function listComponents(
  definitions: readonly ComponentDefinition[],
  version: string,
): string {
  let text = `buildinfo:\n    command: countersign\n    description: countersign\n    version: ${version}\n`;
  for (const kind of ['receiver', 'processor', 'exporter', 'extension'] as const) {
    text += `${kind}s:\n`;
    for (const definition of definitions.filter((candidate) => candidate.kind === kind)) {
      const stability =
        kind === 'extension'
          ? `extension: ${definition.stability}`
          : `logs: ${definition.stability}`;
      text += `    - name: ${definition.type}\n`;
      const aliases = definition.aliases ?? [];
      if (aliases.length > 0) text += `      deprecated_aliases: [${aliases.join(', ')}]\n`;
      text += `      summary: ${JSON.stringify(definition.summary)}\n`;
      text += `      stability:\n        ${stability}\n`;
    }
  }
  return text;
}
