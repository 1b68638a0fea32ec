import type { CommandRule } from './command_rule.ts';
import { DESTRUCTIVE_RULES } from './destructive.ts';
import { EXFIL_COMMAND_RULES } from './exfil_command.ts';
import { HOSTILE_RULES } from './hostile.ts';

export type { CommandRule } from './command_rule.ts';

/** Rules about commands, all classes. */
export const COMMAND_RULES: readonly CommandRule[] = [
  ...DESTRUCTIVE_RULES,
  ...EXFIL_COMMAND_RULES,
  ...HOSTILE_RULES,
];
