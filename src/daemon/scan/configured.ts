import type { PoisoningGuardConfig } from '../../components/processors/poisoning_guard/index.ts';
import type { PipelineGraph } from '../config/graph.ts';

/**
 * What the `poisoning_guard` of a configuration has under it: of the one named, else of the only one.
 * A message for the operator when there is none, or more than one to choose from.
 */
export function configuredGuard(
  { processors }: Pick<PipelineGraph, 'processors'>,
  name: string | undefined,
): PoisoningGuardConfig | string {
  const guards = new Map(
    [...processors]
      .filter(([, { definition }]) => definition.type === 'poisoning_guard')
      .map(([id, { config }]) => [id, config as PoisoningGuardConfig]),
  );
  const ids = [...guards.keys()].join(', ');
  if (ids === '') return 'no pipeline has a poisoning_guard; add one, or scan without --config';
  if (name === undefined && guards.size > 1) {
    return `there are several guards; write --processor with one of: ${ids}`;
  }
  const [only] = guards.values();
  const chosen = name === undefined ? only : guards.get(name);
  return chosen ?? `--processor ${name}: no pipeline has a guard of that name; there is: ${ids}`;
}
