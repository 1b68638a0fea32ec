import type { ComponentDefinition, ComponentKind } from '../../sdk/index.ts';
import { check } from './check.ts';
import { BUILT_IN_EXTENSIONS, checkSection, isEmpty, splitId } from './components.ts';
import { foreignKey } from './foreign.ts';
import type { Configured, PipelineGraph } from './graph.ts';
import { suggestion } from './nearest.ts';
import { ProblemList } from './problem.ts';
import type { Problem } from './problem.ts';
import { References } from './references.ts';
import type { Sections } from './references.ts';
import { HEALTH_ENDPOINT_DEFAULT, serviceSchema } from './settings.ts';
import type { ServiceSettings } from './settings.ts';
import { readSources } from './sources.ts';
import type { ConfigRequest } from './sources.ts';
import { substitute } from './substitute.ts';
import type { Surroundings } from './substitute.ts';
import { entriesOf, nodeAt } from './tree.ts';
import type { ConfigNode } from './tree.ts';

/** What came of loading: a graph when nothing is wrong, and everything there is to say. */
export interface LoadedConfig {
  readonly graph: PipelineGraph | undefined;
  /** Merged and substituted, with places; `undefined` when nothing could be read. */
  readonly tree: ConfigNode | undefined;
  readonly problems: readonly Problem[];
}

const TOP_LEVEL = ['receivers', 'processors', 'exporters', 'extensions', 'service', 'tests'];

/**
 * Reads, merges, substitutes and checks a configuration in one pass that reports all problems.
 *
 * A problem in the text itself (not YAML, a key that stands twice) ends the pass early: what
 * follows from half a file would only confuse.
 */
export function loadConfig(
  request: ConfigRequest,
  definitions: readonly ComponentDefinition[],
  surroundings: Surroundings,
): LoadedConfig {
  const problems = new ProblemList();
  const merged = readSources(request, surroundings, problems);
  if (merged === undefined || problems.hasErrors) {
    return { graph: undefined, tree: undefined, problems: problems.all };
  }
  const tree = substitute(merged, surroundings, problems);
  const graph = checkTree(tree, definitions, problems);
  return { graph: problems.hasErrors ? undefined : graph, tree, problems: problems.all };
}

function checkTree(
  root: ConfigNode,
  definitions: readonly ComponentDefinition[],
  problems: ProblemList,
): PipelineGraph | undefined {
  checkTopLevel(root, problems);
  const sections: Sections = {
    receiver: checkSection('receiver', root, ofKind(definitions, 'receiver'), problems),
    processor: checkSection('processor', root, ofKind(definitions, 'processor'), problems),
    exporter: checkSection('exporter', root, ofKind(definitions, 'exporter'), problems),
    extension: checkSection('extension', root, ofKind(definitions, 'extension'), problems),
  };
  const service = entriesOf(root).get('service');
  if (service === undefined) {
    problems.error('service', 'is required: it names the pipelines', root.place);
    return undefined;
  }
  const settings = check(serviceSchema, service.node, ['service'], problems);
  // Where the settings themselves are wrong, who names whom is checked as far as it can be read.
  const references = new References(root, sections, problems);
  const pipelines = references.pipelines(settings?.pipelines ?? namesIn(service.node));
  const started = settings?.extensions ?? textsAt(service.node, ['extensions']);
  const extensionOrder = references.extensions(started);
  references.diverts();
  references.authenticators(extensionOrder);
  references.unused();
  if (settings === undefined) return undefined;
  return {
    receivers: usedOf(sections.receiver.made, references.used('receiver')),
    processors: usedOf(sections.processor.made, references.used('processor')),
    exporters: usedOf(sections.exporter.made, references.used('exporter')),
    extensions: usedOf(sections.extension.made, references.used('extension')),
    extensionOrder,
    pipelines,
    settings: healthCheckApplied(root, started, settings, problems),
    written: {
      healthEndpoint:
        nodeAt(service.node, ['health', 'endpoint']) !== undefined ||
        started.some((id) => isBuiltIn(id)),
      metricsAddress:
        nodeAt(service.node, ['telemetry', 'metrics', 'address']) !== undefined ||
        nodeAt(service.node, ['telemetry', 'metrics', 'readers']) !== undefined,
    },
  };
}

function ofKind<Kind extends ComponentKind>(
  definitions: readonly ComponentDefinition[],
  kind: Kind,
): (ComponentDefinition & { kind: Kind })[] {
  return definitions.filter(
    (definition): definition is ComponentDefinition & { kind: Kind } => definition.kind === kind,
  );
}

function usedOf<Definition extends ComponentDefinition>(
  made: ReadonlyMap<string, Configured<Definition>>,
  used: ReadonlySet<string>,
): ReadonlyMap<string, Configured<Definition>> {
  return new Map([...made].filter(([id]) => used.has(id)));
}

function checkTopLevel(root: ConfigNode, problems: ProblemList): void {
  for (const [key, { keyPlace, node }] of entriesOf(root)) {
    if (TOP_LEVEL.includes(key)) continue;
    const foreign = foreignKey(key);
    // `connectors:` left empty asks for nothing.
    if (foreign !== undefined && isEmpty(node)) continue;
    problems.error(
      key,
      foreign ??
        `not a known key${suggestion(key, TOP_LEVEL)} (known here: ${TOP_LEVEL.join(', ')})`,
      keyPlace,
    );
  }
}

function isBuiltIn(id: string): boolean {
  return BUILT_IN_EXTENSIONS.has(splitId(id)?.type ?? '');
}

/** The Collector's health_check extension: health is built in, its address is taken over. */
function healthCheckApplied(
  root: ConfigNode,
  started: readonly string[],
  settings: ServiceSettings,
  problems: ProblemList,
): ServiceSettings {
  const id = started.find((extension) => isBuiltIn(extension));
  if (id === undefined) return settings;
  const path = ['extensions', id];
  const endpoint =
    nodeAt(root, [...path, 'endpoint']) ?? nodeAt(root, [...path, 'http', 'endpoint']);
  const own = nodeAt(root, ['service', 'health', 'endpoint']);
  const address =
    own === undefined && endpoint?.kind === 'scalar' && endpoint.text !== ''
      ? endpoint.text
      : settings.health.endpoint;
  problems.warn(
    `extensions.${id}`,
    `health is built in and answers at ${address}; write service.health.endpoint ` +
      `(default ${HEALTH_ENDPOINT_DEFAULT}) instead, and leave this extension out`,
    nodeAt(root, path)?.place,
  );
  return { ...settings, health: { enabled: true, endpoint: address } };
}

/** The pipelines as they are written, for reference checks when other settings are wrong. */
function namesIn(service: ConfigNode): ServiceSettings['pipelines'] {
  const pipelines: ServiceSettings['pipelines'] = {};
  for (const [id, { node }] of entriesOf(nodeAt(service, ['pipelines']))) {
    pipelines[id] = {
      receivers: textsAt(node, ['receivers']),
      processors: textsAt(node, ['processors']),
      exporters: textsAt(node, ['exporters']),
    };
  }
  return pipelines;
}

function textsAt(node: ConfigNode, path: readonly string[]): string[] {
  const list = nodeAt(node, path);
  if (list?.kind !== 'list') return [];
  return list.items.map((item) => (item.kind === 'scalar' ? item.text : ''));
}
