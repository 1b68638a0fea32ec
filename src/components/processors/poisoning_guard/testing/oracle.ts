import { WORD } from '../reference/text.ts';

/**
 * The reference's patterns as regular expressions, one by one: the slow and plain form that the tests
 * hold the matcher against. Not used outside tests: some take quadratic time.
 *
 * They run over a folded text (text.ts) read as Latin-1.
 */
const WORD_CHARACTER = `[a-z0-9\\x5f\\x${WORD.toString(16)}]`;
const BOUNDARY = `(?:(?<=${WORD_CHARACTER})(?!${WORD_CHARACTER})|(?<!${WORD_CHARACTER})(?=${WORD_CHARACTER}))`;
const SPACE = '[\\t-\\r\\x1c-\\x20]';

function compiled(patterns: readonly string[]): readonly RegExp[] {
  return patterns.map(
    (pattern) => new RegExp(pattern.replaceAll('_', SPACE).replaceAll('~', BOUNDARY), 's'),
  );
}

// `~` a boundary, `_` white space; an underscore itself is \x5f.
const FETCH = '~(?:curl|wget)~[^\\n|]*\\|_*';

export const ORACLE = {
  injection: compiled([
    'ignore_+(?:all_+)?previous_+instructions',
    'you_+are_+now~',
    'system_*prompt_*:',
    'disregard_+(?:all_+)?(?:prior|above)_+',
    'forget_+(?:everything|all|your)_+',
    'new_+instructions?_*:',
    'override_+(?:previous_+)?instructions',
  ]),
  code: compiled([
    '```_*python_*\\n_*import_+os~',
    '```_*python_*\\n_*import_+subprocess~',
    '```_*python_*\\n_*import_+shutil~',
    'exec_*\\(',
    'eval_*\\(',
    '\\x5f\\x5fimport\\x5f\\x5f_*\\(',
  ]),
  destructive: compiled([
    '~rm_+-[a-z]*r[a-z]*~',
    '~mkfs\\.[a-z0-9]+~',
    '~dd_+if=',
    ':_*\\(_*\\)_*\\{_*:_*\\|_*:_*&_*\\}_*;_*:',
    '~chmod_+-?[a-z]*_*777~',
    '>_*/dev/sd[a-z]~',
  ]),
  exfil: compiled([
    `${FETCH}(?:sudo_+)?(?:ba|z|k)?sh~`,
    `${FETCH}(?:python[0-9.]*|perl|ruby|node)~`,
    '~curl~[^\\n]*_(?:-d|--data|-t|--upload-file|-f|--form)~',
    '~wget~[^\\n]*_(?:--post-data|--post-file)~',
  ]),
  network: compiled([
    '~(?:curl|wget)_+(?:(?!_).)*https?://',
    '~(?:curl|wget)_+[a-z0-9.-]+\\.[a-z]{2,}~',
  ]),
  markup: compiled([
    '<_*(?:important|system|instructions?|secret|admin|tool|tool\\x5fcall|assistant)~[^>]*>',
  ]),
  standing: compiled([
    "~do_*n[o']?t_+(?:mention|tell|inform|reveal|disclose|notify|say)",
    '~without_+(?:telling|informing|notifying|alerting|mentioning)',
    '~(?:silently|secretly|covertly|quietly|discreetly)~',
    '~when(?:ever)?_+(?:asked|prompted|the_+user|anyone|someone)',
    '~if_+(?:asked|anyone_+asks|the_+user_+asks)~',
    '~always_+(?:respond|reply|say|answer|forward|send|include|append)',
    '~from_+now_+on~',
  ]),
} as const;
