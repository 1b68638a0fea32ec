import type {
  Clock,
  ExporterDefinition,
  ExtensionDefinition,
  Logger,
  ProcessorDefinition,
  ReceiverDefinition,
} from '../sdk/index.ts';
import type { AdmissionSettings } from './admission.ts';

/** A component as the configuration names it. */
export interface Configured<Definition> {
  readonly definition: Definition;
  /** As the definition's schema parsed it. */
  readonly config: unknown;
}

/** What to build: components by id, and which of them stand in which pipeline. */
export interface ServiceGraph {
  readonly receivers: ReadonlyMap<string, Configured<ReceiverDefinition>>;
  readonly processors: ReadonlyMap<string, Configured<ProcessorDefinition>>;
  readonly exporters: ReadonlyMap<string, Configured<ExporterDefinition>>;
  readonly extensions: ReadonlyMap<string, Configured<ExtensionDefinition>>;
  /** Extensions to start, in this order. */
  readonly extensionOrder: readonly string[];
  readonly pipelines: readonly {
    readonly id: string;
    readonly receivers: readonly string[];
    readonly processors: readonly string[];
    readonly exporters: readonly string[];
  }[];
  readonly admission: AdmissionSettings;
}

/** The effects that components reach through their hosts. */
export interface Environment {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  random(): number;
  logger(id: string): Logger;
}
