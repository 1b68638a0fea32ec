import type { Lifecycle } from '../sdk/index.ts';
import type { ComponentHealth } from './snapshot.ts';

/** A component instance and where it stands. */
export interface Built {
  readonly kind: ComponentHealth['kind'];
  readonly id: string;
  /** The pipeline of a stage; `undefined` for what all pipelines share. */
  readonly pipeline: string | undefined;
  readonly component: Lifecycle;
}

/** The key under which a component's own report is kept: ids repeat between kinds. */
export function reportKey(kind: string, id: string, pipeline = ''): string {
  return `${kind} ${id} ${pipeline}`;
}
