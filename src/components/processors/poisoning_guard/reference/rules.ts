/** How bad an alert is. The reference never gives `low`. */
export type AlertSeverity = 'low' | 'medium' | 'high' | 'critical';

/** What an alert is about, as the reference names it. */
export type AlertType =
  | 'injection_pattern'
  | 'code_injection'
  | 'tool_poisoning'
  | 'integrity_violation'
  | 'unicode_manipulation'
  | 'excessive_special_chars';

/** One thing that a ruleset can say about a text. Shared: a match is a reference to its rule. */
export interface Rule {
  /** Family and index, for example `injection:injection[0]`. */
  readonly id: string;
  readonly type: AlertType;
  readonly severity: AlertSeverity;
  /** One sentence for people. */
  readonly message: string;
  /** What is looked for, in words; `undefined` for a rule about characters. */
  readonly pattern: string | undefined;
}

/** `_` is white space, one or more; `_?` none or more; `~` a word boundary. */
const INJECTION = [
  'ignore _ [all _] previous _ instructions',
  'you _ are _ now ~',
  'system _? prompt _? :',
  'disregard _ [all _] (prior | above) _',
  'forget _ (everything | all | your) _',
  'new _ (instruction | instructions) _? :',
  'override _ [previous _] instructions',
];

const CODE = [
  '``` _? python, a new line, import _ os ~',
  '``` _? python, a new line, import _ subprocess ~',
  '``` _? python, a new line, import _ shutil ~',
  'exec _? (',
  'eval _? (',
  '__import__ _? (',
];

const DESTRUCTIVE = [
  '~ rm _ - with letters that include an r ~',
  '~ mkfs. with a file system ~',
  '~ dd _ if=',
  ': ( ) { : | : & } ; : with white space anywhere between',
  '~ chmod _ [-] letters _? 777 ~',
  '> _? /dev/sd with a letter ~',
];

const EXFIL = [
  '~ (curl | wget) ~ piped on one line to [sudo] sh, bash, zsh or ksh ~',
  '~ (curl | wget) ~ piped on one line to python, perl, ruby or node ~',
  '~ curl ~ with -d, --data, -T, --upload-file, -F or --form ~ on the line',
  '~ wget ~ with --post-data or --post-file ~ on the line',
];

const NETWORK = [
  '~ (curl | wget) _ a word with http:// or https://',
  '~ (curl | wget) _ a host name ~',
];

const MARKUP =
  '< _? (important | system | instruction(s) | secret | admin | tool | tool_call | assistant) ~ … >';

const STANDING = [
  '~ do not, don’t or dont _ (mention | tell | inform | reveal | disclose | notify | say)',
  '~ without _ (telling | informing | notifying | alerting | mentioning)',
  '~ (silently | secretly | covertly | quietly | discreetly) ~',
  '~ when or whenever _ (asked | prompted | the user | anyone | someone)',
  '~ if _ (asked | anyone asks | the user asks) ~',
  '~ always _ (respond | reply | say | answer | forward | send | include | append)',
  '~ from now on ~',
];

function rulesOf(
  family: string,
  patterns: readonly string[],
  rest: Pick<Rule, 'type' | 'severity' | 'message'>,
): readonly Rule[] {
  return patterns.map((pattern, index) => ({ id: `${family}[${index}]`, pattern, ...rest }));
}

const tool = (severity: AlertSeverity, message: string) =>
  ({ type: 'tool_poisoning', severity, message }) as const;

/**
 * Every alert the reference can give about a text (behaviours G5 to G16), by family; the index within
 * a family is the index of its pattern.
 */
export const REFERENCE_RULES = {
  injection: rulesOf('injection:injection', INJECTION, {
    type: 'injection_pattern',
    severity: 'high',
    message: 'The text gives orders to the model.',
  }),
  code: rulesOf('code:code', CODE, {
    type: 'code_injection',
    severity: 'high',
    message: 'The text carries code that runs other code.',
  }),
  destructive: rulesOf(
    'destructive:destructive',
    DESTRUCTIVE,
    tool('high', 'The text carries a shell command that destroys.'),
  ),
  exfil: rulesOf(
    'exfil:exfil',
    EXFIL,
    tool('high', 'The text carries a command that runs remote code or sends files away.'),
  ),
  markupDestructive: rulesOf(
    'markup+payload:destructive',
    DESTRUCTIVE,
    tool('high', 'A hidden-instruction tag stands beside a shell command that destroys.'),
  ),
  markupExfil: rulesOf(
    'markup+payload:exfil',
    EXFIL,
    tool('high', 'A hidden-instruction tag stands beside a command that sends or runs.'),
  ),
  markupStanding: rulesOf(
    'markup+standing:standing',
    STANDING,
    tool('high', 'A hidden-instruction tag stands beside a standing or covert order.'),
  ),
  markup: rulesOf(
    'markup:markup',
    [MARKUP],
    tool('medium', 'The text has a tag that instructs the model.'),
  ),
  network: rulesOf(
    'network:network',
    NETWORK,
    tool('medium', 'The text carries a command that fetches from the network.'),
  ),
  specialChars: {
    id: 'special_chars',
    type: 'excessive_special_chars',
    severity: 'medium',
    message: 'More than 3 in 10 characters are neither letter, number nor white space.',
    pattern: undefined,
  },
  bidi: {
    id: 'bidi',
    type: 'unicode_manipulation',
    severity: 'high',
    message: 'The text has characters that change the direction of writing.',
    pattern: undefined,
  },
  mixedScripts: {
    id: 'mixed_scripts',
    type: 'unicode_manipulation',
    severity: 'medium',
    message: 'The text mixes Latin, Cyrillic or Greek letters.',
    pattern: undefined,
  },
} as const satisfies Record<string, Rule | readonly Rule[]>;

/** All of {@link REFERENCE_RULES} in a row. */
export const REFERENCE_RULE_LIST: readonly Rule[] = Object.values(REFERENCE_RULES).flat();
