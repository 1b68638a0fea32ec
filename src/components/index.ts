import type { ComponentDefinition } from '../sdk/index.ts';
import { debugExporter } from './exporters/debug/index.ts';
import { nopExporter } from './exporters/nop/index.ts';
import { otlpHttp } from './exporters/otlp_http/index.ts';
import { stdoutExporter } from './exporters/stdout/index.ts';
import { bearertokenauth } from './extensions/bearertokenauth/index.ts';
import { nonceDedup } from './processors/nonce_dedup/index.ts';
import { poisoningGuard } from './processors/poisoning_guard/index.ts';
import { signerProcessor } from './processors/signer/index.ts';
import { otlp } from './receivers/otlp/index.ts';
import { stdinReceiver } from './receivers/stdin/index.ts';

/**
 * Every component there is. These are light definitions: what a component does is loaded when a
 * configuration uses it. Deleting a folder and its line here deletes a component.
 */
export const components: readonly ComponentDefinition[] = [
  // receivers
  otlp,
  stdinReceiver,
  // processors
  nonceDedup,
  poisoningGuard,
  signerProcessor,
  // exporters
  otlpHttp,
  stdoutExporter,
  debugExporter,
  nopExporter,
  // extensions
  bearertokenauth,
];
