import type { ComponentDefinition } from '../sdk/index.ts';
import { debugExporter } from './exporters/debug/index.ts';
import { nopExporter } from './exporters/nop/index.ts';
import { stdoutExporter } from './exporters/stdout/index.ts';
import { bearertokenauth } from './extensions/bearertokenauth/index.ts';
import { nonceDedup } from './processors/nonce_dedup/index.ts';
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
  // exporters
  stdoutExporter,
  debugExporter,
  nopExporter,
  // extensions
  bearertokenauth,
];
