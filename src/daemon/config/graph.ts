import type {
  ComponentDefinition,
  ExporterDefinition,
  ExtensionDefinition,
  ProcessorDefinition,
  ReceiverDefinition,
} from '../../sdk/index.ts';
import type { ServiceSettings } from './settings.ts';

/** A component as it is configured: what it is, and its checked configuration. */
export interface Configured<Definition extends ComponentDefinition> {
  readonly definition: Definition;
  readonly config: unknown;
}

export interface PipelinePlan {
  /** `logs` or `logs/name`. */
  readonly id: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** A whole configuration, checked and resolved. Holds only components that a pipeline reaches. */
export interface PipelineGraph {
  readonly receivers: ReadonlyMap<string, Configured<ReceiverDefinition>>;
  readonly processors: ReadonlyMap<string, Configured<ProcessorDefinition>>;
  readonly exporters: ReadonlyMap<string, Configured<ExporterDefinition>>;
  readonly extensions: ReadonlyMap<string, Configured<ExtensionDefinition>>;
  /** Extensions in the order they start. */
  readonly extensionOrder: readonly string[];
  readonly pipelines: readonly PipelinePlan[];
  readonly settings: ServiceSettings;
  /** Was the health address, the metrics address written down? A default one may be taken already. */
  readonly written: { readonly healthEndpoint: boolean; readonly metricsAddress: boolean };
}
