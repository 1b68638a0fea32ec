import { COMMAND_RULES } from './rules/commands.ts';
import { PHRASE_RULES } from './rules/index.ts';
import { KNOWN_COMMANDS } from './rules/known_commands.ts';

/** Letters of the shortest word that is taken over from the rules: shorter ones stand in many others. */
const WORD_MIN = 4;

const isLetters = (word: string): boolean => /^[a-z]{2,}$/.test(word);

/** Words of four letters or more that some phrase rule looks for, in any language, in small letters. */
export function wordsOfRules(): readonly string[] {
  const classes = new Set(PHRASE_RULES.flatMap(({ steps }) => steps.flatMap(({ any }) => any)));
  const phrases = [...classes].filter(({ stem }) => !stem).flatMap(({ words }) => words);
  const words = new Set(phrases.flatMap((phrase) => phrase.split(' ')));
  return [...words].filter((word) => word.length >= WORD_MIN && isLetters(word));
}

/** Names of commands that consist of letters only, in small letters. */
export function namesOfCommands(): ReadonlySet<string> {
  const names = [...KNOWN_COMMANDS, ...COMMAND_RULES.flatMap((rule) => rule.names)];
  return new Set(names.filter(isLetters));
}
