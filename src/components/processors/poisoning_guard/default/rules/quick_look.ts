import { NAMES } from '../command_names.ts';

/**
 * What must stand in the line of a command for any rule about it to match, as a first look that costs
 * little. A name that is not listed is always read.
 */
const SECRETS =
  /\/etc\/|ssh|id_|\.aws|\.env|cred|secret|history|gnupg|netrc|npmrc|pypirc|pgpass|docker[/\\]config|kube[/\\]config|azure|gcloud|config[/\\]gh|vault|shadow|login data|cookies|key[34]\.db|logins|wallet|token|sam\.hive|ntds|lsass|keychain|\.pem|kdbx|passw|169\.254|\.bashrc|profile|zshrc|\/dev\/|authorized|sudoers|preload/i;
const UPLOAD = /-[a-z]*[dFT]|--(?:data|form|upload|post|body|json|request)|delete|\||\$\(|`/i;
/** What is sent to another machine, or a shell for it. */
const CONNECTED = /[|<>`]|\$\(|-[a-z]*[ec]|sh\b|pty|socket|exec|mkfifo/i;
const PIPED = /['"]|\||<<|\/dev\/(?:tcp|udp)|\$\(|`|<\(|-[a-z]*c\b|pty|socket|histfile/i;

const QUICK: ReadonlyMap<string, RegExp> = new Map<string, RegExp>([
  ['rm', /-[a-z]*r|--rec|--no-pres|_history|\/etc|\/boot|bin\/|log|\/mail|wtmp|utmp|audit/i],
  ['git', /reset|clean|push|stash|-d|-f|checkout|restore|filter|reflog|gc|update-ref|worktree/i],
  ['find', /-delete|-exec|\.ssh|id_|\.pem|kdbx|cred|\.aws|\.env|wallet/i],
  ['docker', /prune|volume|rmi?\b|down|privileged|:\/|'|"/i],
  ['kubectl', /delete|drain|exec|'|"/i],
  ['aws', /delete|rm\b|rb\b|terminate|deletion|deregister|stop-|sync/i],
  ['gcloud', /delete|destroy|rm\b/i],
  ['az', /delete|purge/i],
  ['helm', /uninstall|delete/i],
  ['terraform', /destroy|rm/i],
  ['npm', /unpublish/i],
  ['gh', /delete/i],
  ['chmod', /-[a-z]*r|--rec|777|000|rwx|u\+s|[46]\d{3}/i],
  ['chown', /-[a-z]*r|--rec/i],
  ['chgrp', /-[a-z]*r|--rec/i],
  ['curl', UPLOAD],
  ['wget', UPLOAD],
  ['http', UPLOAD],
  ['https', UPLOAD],
  ...[
    'cat',
    'less',
    'more',
    'head',
    'tail',
    'base64',
    'xxd',
    'cp',
    'tar',
    'zip',
    'strings',
    'type',
    'ed',
    'awk',
    'sed',
    'grep',
    'sqlite3',
    'tee',
    'scp',
    'rsync',
    'rg',
    'locate',
    'gc',
    'ln',
  ].map((name) => [name, SECRETS] as const),
  ...[
    'sh',
    'bash',
    'zsh',
    'ksh',
    'dash',
    'ash',
    'fish',
    'python',
    'python2',
    'python3',
    'perl',
    'ruby',
    'node',
    'php',
    'deno',
    'bun',
    'source',
    'eval',
    'cmd',
    'powershell',
    'pwsh',
    'iex',
    'exec',
    'lua',
    'osascript',
  ].map((name) => [name, PIPED] as const),
  ['rclone', /create|purge|delete|rmdir|cleanup|move|sync/i],
  ['ssh', /\||>|'|"/],
  ['ping', /\$\(|`/],
  ['dig', /\$\(|`/],
  ['host', /\$\(|`/],
  ['nslookup', /\$\(|`/],
  ['set', /history/i],
  ['unset', /hist/i],
  ['export', /hist/i],
  ['declare', /hist/i],
  ['history', /-[a-z]*[cdw]/],
  ['format', /\b[a-z]:(?:\s|$)/i],
  ['service', /stop|disable|mask/i],
  ['systemctl', /stop|disable|mask/i],
  ['net', /stop|delete|config|\/add|administrators/i],
  ['sc', /stop|delete|config/i],
  ['reg', /delete|add/i],
  ['kill', /-1/],
  ['killall', /-1/],
  ['pkill', /-1/],
  ['nc', CONNECTED],
  ['ncat', CONNECTED],
  ['netcat', CONNECTED],
  ['mv', /\/dev\/null/],
  ['nats', /del|rm|purge/i],
  ['vault', /del|destroy|disable|revoke/i],
  ['fly', /destroy|delete/i],
  ['heroku', /destroy|reset/i],
]);

/** Characters of a line on either side of the name that are looked at. */
const LOOK = 240;

const LESS = 0x3c;
const MORE = 0x3e;
const PIPE = 0x7c;

/** Words whose reading shows what stands around them: all of the line is looked at. */
const READS_ALL = Uint8Array.from(
  NAMES.each((name) => (QUICK.get(name) === PIPED || name === 'base64' || name === 'xxd' ? 1 : 0)),
);

/** By number of the name. */
const PATTERNS = NAMES.each((name) => QUICK.get(name));

const isBlank = (code: number): boolean => code === 0x20 || (code >= 9 && code <= 13);

/**
 * False when it is certain that no rule about the command whose name stands in `[start, end)` matches
 * in `[from, to)`, which is what would be read of its line.
 */
export function deservesReading(
  text: string,
  start: number,
  end: number,
  from: number,
  to: number,
): boolean {
  let last = end;
  while (last > start && isBlank(text.charCodeAt(last - 1))) last--;
  const number = NAMES.find(text, start, last);
  const pattern = number < 0 ? undefined : PATTERNS[number];
  if (pattern === undefined) return true;
  const first = Math.max(from, start - LOOK);
  const isAll = READS_ALL[number] === 1 || readsWhatIsBefore(text, first, start);
  return pattern.test(text.slice(isAll ? first : start, Math.min(to, end + LOOK)));
}

/** True when something stands before a command that it may read or that is written. */
function readsWhatIsBefore(text: string, from: number, start: number): boolean {
  for (let at = start - 1; at >= from; at--) {
    const code = text.charCodeAt(at);
    if (code === PIPE || code === LESS || code === MORE) return true;
  }
  return false;
}

const WITH_PIPES: ReadonlySet<string> = new Set('ssh ping dig host nslookup'.split(' '));

/** Words with which a command of {@link needsPipe} may do something without signs. */
export const PIPED_WORDS: readonly string[] = ['pty', 'socket', 'histfile'];

/** True for commands that are harmless without quotes, options, brackets or pipes in their line. */
export function needsPipe(name: string): boolean {
  return QUICK.get(name) === PIPED || WITH_PIPES.has(name);
}
