import type { ComponentDefinition, ComponentKind } from '../../sdk/index.ts';
import { BUILT_IN_EXTENSIONS, SECTION_OF, splitId } from './components.ts';
import type { Section } from './components.ts';
import { foreignSignal } from './foreign.ts';
import type { PipelinePlan } from './graph.ts';
import { suggestion } from './nearest.ts';
import type { Place, ProblemList } from './problem.ts';
import { entriesOf, nodeAt, pathText, placeOf } from './tree.ts';
import type { ConfigNode } from './tree.ts';
import type { ServiceSettings } from './settings.ts';

/** The components of a file by kind, as `checkSection` left them. */
export type Sections = {
  readonly [Kind in ComponentKind]: Section<ComponentDefinition & { kind: Kind }>;
};

const ROLES = [
  ['receivers', 'receiver'],
  ['processors', 'processor'],
  ['exporters', 'exporter'],
] as const;

/** Everything that is checked across components: who names whom. */
export class References {
  readonly #root: ConfigNode;
  readonly #sections: Sections;
  readonly #problems: ProblemList;
  readonly #used: { readonly [Kind in ComponentKind]: Set<string> } = {
    receiver: new Set(),
    processor: new Set(),
    exporter: new Set(),
    extension: new Set(),
  };

  constructor(root: ConfigNode, sections: Sections, problems: ProblemList) {
    this.#root = root;
    this.#sections = sections;
    this.#problems = problems;
  }

  /** The pipelines, with every id they name defined and every list that must not be empty full. */
  pipelines(pipelines: ServiceSettings['pipelines']): PipelinePlan[] {
    const plans: PipelinePlan[] = [];
    const path = ['service', 'pipelines'];
    for (const [id, pipeline] of Object.entries(pipelines)) {
      const at = [...path, id];
      const keyPlace = entriesOf(nodeAt(this.#root, path)).get(id)?.keyPlace;
      this.#checkPipelineId(id, at, keyPlace);
      const plan = { id, receivers: [], processors: [], exporters: [] };
      for (const [role, kind] of ROLES) {
        const ids = pipeline[role] ?? [];
        Object.assign(plan, { [role]: ids });
        this.#named(kind, ids, [...at, role]);
        if (kind !== 'processor' && ids.length === 0) {
          this.#problems.error(
            pathText([...at, role]),
            `a pipeline needs at least one ${kind}`,
            keyPlace,
          );
        }
      }
      plans.push(plan);
    }
    if (plans.length === 0) {
      this.#problems.error(
        'service.pipelines',
        'no pipeline; write at least logs',
        placeOf(this.#root, path),
      );
    }
    return plans;
  }

  /** Ids of real extensions, in order; those that are built in are left out. */
  extensions(ids: readonly string[]): string[] {
    this.#named('extension', ids, ['service', 'extensions']);
    return ids.filter((id) => !BUILT_IN_EXTENSIONS.has(splitId(id)?.type ?? ''));
  }

  /** Exporters that processors divert to must exist; they count as used. */
  diverts(): void {
    for (const id of this.#used.processor) {
      const component = this.#sections.processor.made.get(id);
      const targets = component?.definition.diverts?.(component.config) ?? [];
      for (const target of targets) {
        this.#used.exporter.add(target);
        if (this.#sections.exporter.written.has(target)) continue;
        this.#problems.error(
          `processors.${id}`,
          `diverts to "${target}", which is not defined under exporters` +
            suggestion(target, this.#sections.exporter.written.keys()),
          placeOf(this.#root, ['processors', id]),
        );
      }
    }
  }

  /** Every `auth.authenticator` must be an extension that the service starts. */
  authenticators(started: readonly string[]): void {
    for (const section of ['receivers', 'exporters']) {
      const node = nodeAt(this.#root, [section]);
      if (node !== undefined) this.#authenticatorsIn(node, [section], started);
    }
  }

  /** Warns of what is written down and never used. */
  unused(): void {
    for (const kind of ['receiver', 'processor', 'exporter', 'extension'] as const) {
      for (const [id, place] of this.#sections[kind].written) {
        if (this.#used[kind].has(id)) continue;
        const where = kind === 'extension' ? 'service.extensions' : 'any pipeline';
        this.#problems.warn(
          `${SECTION_OF[kind]}.${id}`,
          `is defined and not named in ${where}, so it does not start`,
          place,
        );
      }
    }
  }

  /** Of this kind: the ids that something names. */
  used(kind: ComponentKind): ReadonlySet<string> {
    return this.#used[kind];
  }

  #checkPipelineId(id: string, path: readonly PropertyKey[], place: Place | undefined): void {
    const parts = splitId(id);
    if (parts?.type === 'logs') return;
    const foreign = foreignSignal(parts?.type ?? id);
    this.#problems.error(
      pathText(path),
      foreign ?? `"${id}" is not a pipeline id; write logs or logs/name`,
      place,
    );
  }

  #named(kind: ComponentKind, ids: readonly string[], path: readonly PropertyKey[]): void {
    const section = SECTION_OF[kind];
    const seen = new Set<string>();
    for (const [index, id] of ids.entries()) {
      const at = [...path, index];
      this.#used[kind].add(id);
      if (seen.has(id)) {
        this.#problems.error(pathText(at), `"${id}" is named twice`, placeOf(this.#root, at));
      }
      seen.add(id);
      if (this.#sections[kind].written.has(id)) continue;
      const elsewhere = (Object.keys(SECTION_OF) as ComponentKind[]).find((other) =>
        this.#sections[other].written.has(id),
      );
      const hint =
        elsewhere === undefined
          ? suggestion(id, this.#sections[kind].written.keys())
          : `; there is one under ${SECTION_OF[elsewhere]}`;
      this.#problems.error(
        pathText(at),
        `"${id}" is not defined under ${section}${hint}`,
        placeOf(this.#root, at),
      );
    }
  }

  #authenticatorsIn(
    node: ConfigNode,
    path: readonly PropertyKey[],
    started: readonly string[],
  ): void {
    for (const [key, entry] of entriesOf(node)) {
      const at = [...path, key];
      if (key !== 'auth') {
        this.#authenticatorsIn(entry.node, at, started);
        continue;
      }
      const named = nodeAt(entry.node, ['authenticator']);
      if (named?.kind !== 'scalar' || started.includes(named.text)) continue;
      const defined = this.#sections.extension.written.has(named.text);
      this.#problems.error(
        pathText([...at, 'authenticator']),
        defined
          ? `"${named.text}" is not started; add it to service.extensions`
          : `"${named.text}" is not an extension${suggestion(named.text, this.#sections.extension.written.keys())};` +
              ' define it under extensions and name it in service.extensions',
        named.place,
      );
    }
  }
}
