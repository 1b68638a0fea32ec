import type { PhraseRule, RuleFacts } from '../rule.ts';
import { literals } from '../words.ts';
import type { WordClass } from '../words.ts';
import { FLOOD } from './command_rule.ts';
import { COMMAND_RULES } from './commands.ts';
import { CONCEALMENT_RULES } from './concealment.ts';
import { DISCLOSURE_RULES } from './disclosure.ts';
import { EXFIL_RULES } from './exfil_prose.ts';
import { FORK_BOMB, FORK_BOMB_END, FORK_LOOP } from './fork_bomb.ts';
import { IDENTITY_RULES } from './identity.ts';
import { INDIRECT_RULES } from './indirect.ts';
import { OVERRIDE_RULES } from './override.ts';
import { REMOTE_CODE_RULES } from './remote_code.ts';
import { SQL_RULES } from './sql.ts';

/** Rules about phrases, all classes. */
export const PHRASE_RULES: readonly PhraseRule[] = [
  ...OVERRIDE_RULES,
  ...IDENTITY_RULES,
  ...DISCLOSURE_RULES,
  ...CONCEALMENT_RULES,
  ...EXFIL_RULES,
  ...INDIRECT_RULES,
  ...REMOTE_CODE_RULES,
  ...SQL_RULES,
  FORK_LOOP,
];

/** Files that are written by redirection, by whatever command. */
const WRITTEN = literals(
  'written file',
  '/dev/sd|/dev/hd|/dev/nvme|/dev/vd|authorized keys|bash history|zsh history|.bashrc|.zshrc|.profile|/etc/cron|/etc/sudoers|ld.so.preload|/dev/tcp|/dev/udp',
);

const SHELL_NAMES = new Set(['sh', 'ksh', 'ash', 'zsh']);

/** Short names stand inside many words: only with a space behind, as they have arguments. */
function commandWords(): string[] {
  const names = new Set(COMMAND_RULES.flatMap((rule) => rule.names));
  return [...names]
    .filter((name) => /^[a-z]/.test(name))
    .map((name) => (name.length > 3 || SHELL_NAMES.has(name) ? name : `${name} `));
}

/** Words at which it is looked whether a command stands there. */
export const COMMAND_TRIGGERS: readonly WordClass[] = [
  {
    name: 'command',
    words: commandWords(),
    stem: false,
  },
  WRITTEN,
  FORK_BOMB_END,
];

/** Every rule, for the documentation and the catalogue. */
export const DEFAULT_RULES: readonly RuleFacts[] = [
  ...PHRASE_RULES,
  ...COMMAND_RULES,
  FORK_BOMB,
  FLOOD,
];
