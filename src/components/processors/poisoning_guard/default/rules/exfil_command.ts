import type { Command, Word } from '../command.ts';
import { hasShort, joined, operands, written } from './command_rule.ts';
import type { CommandRule } from './command_rule.ts';

const facts = { class: 'exfil', severity: 'high' } as const;

/** Files and variables that hold secrets. */
export const SECRET_PATH =
  /(?:^|[\s"'=@/~\\{(])(?:\.ssh(?:[/\\]|\b)|id_(?:rsa|dsa|ecdsa|ed25519)\b(?!\.pub)|\.aws(?:[/\\]credentials|[/\\]?\b)|\.gnupg|\.netrc|\.npmrc|\.pypirc|\.pgpass|\.git-credentials|\.docker[/\\]config\.json|\.kube[/\\]config|\.config[/\\](?:gcloud|gh)|\.azure|\.env(?:\.\w+)?(?=$|[\s"'*)\]},;|])|\.vault-token|\.bash_history|\.zsh_history|etc[/\\](?:master\.passwd|shadow|gshadow|sudoers)|login data|cookies\.sqlite|key[34]\.db|logins\.json|wallet\.dat|serviceaccount[/\\]token|sam\.hive|ntds\.dit|lsass|keychain|\.pem\b|\.kdbx|credentials(?:\.json)?(?=$|[\s"'])|secrets?\.(?:ya?ml|json|txt)|169\.254\.169\.254)/i;

const WEAK_SECRET =
  /\/etc\/(?:passwd|hosts)\b|\bprintenv\b|(?:^|[|;&(]\s*)env\b|\$\w*(?:secret|token|passw|api_?key|private_?key)\w*|secret|passwo?r?d|credential|loot|confidential|token/i;

/** Hosts where things are put that are not to be found in one's own logs. */
export const DROP_HOST =
  /webhook\.site|requestbin|pipedream\.net|ngrok|burpcollaborator|oast\.|interact\.sh|discord(?:app)?\.com\/api\/webhooks|hooks\.slack\.com|webhook\.office\.com|api\.telegram\.org\/bot|pastebin\.com|paste\.ee|ix\.io|termbin|transfer\.sh|file\.io|0x0\.st|anonfiles|gofile|bashupload|temp\.sh|requestcatcher|beeceptor|hookbin|evil|attacker|exfil|malicious|\bc2\b|mega\.nz/i;

const LOCAL =
  /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal)/i;

function reads(command: Command | undefined, depth = 0): string {
  if (command === undefined || depth > 8) return '';
  const own = written(command.args);
  const from = command.redirects.filter(({ op }) => op === '<').map(({ target }) => target);
  return `${command.name} ${own} ${from.join(' ')} ${reads(command.input, depth + 1)}`;
}

function secrecy(text: string): number {
  if (SECRET_PATH.test(text)) return 1;
  return WEAK_SECRET.test(text) ? 0.6 : 0;
}

/** What curl or wget send, and where to. */
function upload({ args, input }: Command): { sent: string; bare: boolean } | undefined {
  const sent: string[] = [];
  let bare = false;
  for (let i = 0; i < args.length; i++) {
    const { text } = args[i] as Word;
    if (!text.startsWith('-') && !text.startsWith('http')) continue;
    const value = args[i + 1]?.text ?? '';
    const flag =
      /^(?:-d|--data(?:-\w+)?|-F|--form(?:-string)?|-T|--upload-file|--post-file|--post-data|--body-file|--body-data|-vT|--json)(?:=(.*))?$/s.exec(
        text,
      );
    if (flag !== null) {
      const data = flag[1] ?? value;
      sent.push(data);
      if (/^@|^-$|=@|^\.$|\$\(|`/.test(data) || /upload-file|post-file|body-file|T$/.test(text))
        bare = true;
    } else if (/^-[dFT]./.test(text)) {
      sent.push(text.slice(2));
      if (/@/.test(text)) bare = true;
    } else if (/^https?:.*(?:\$\(|`)/.test(text)) {
      sent.push(text);
      bare = true;
    }
  }
  if (sent.length === 0) return undefined;
  if (sent.some((data) => data === '@-' || data === '-')) sent.push(reads(input));
  return { sent: sent.join(' '), bare };
}

const urlOf = (args: readonly Word[]): string =>
  args.find(
    ({ text }) => /^(?:https?|ftp):\/\//i.test(text) || /^[\w-]+(?:\.[\w-]+)+(?:[/:]|$)/.test(text),
  )?.text ?? '';

function httpUpload(command: Command): number {
  const sends = upload(command);
  if (sends === undefined) return 0;
  const url = urlOf(command.args);
  if (url === '' || LOCAL.test(url)) return 0;
  const secret = secrecy(sends.sent.replace(/https?:\S+/g, (all) => all.slice(8)));
  if (secret === 1 && sends.bare) return 1;
  if (DROP_HOST.test(url)) return sends.bare || secret > 0 ? 1 : 0.4;
  if (sends.bare && secret > 0) return 0.8;
  if (/\$\(|`/.test(sends.sent)) return 0.8;
  return sends.bare
    ? /^@\S+\.json$/.test(sends.sent)
      ? 0.1
      : /post-file|-F/.test(joined(command.args))
        ? 0.75
        : 0.4
    : 0;
}

function netcat(command: Command): number {
  const { args, input, redirects } = command;
  const listens = hasShort(args, 'l');
  if (listens) return 0;
  const piped =
    reads(input) +
    redirects
      .filter(({ op }) => op === '<')
      .map(({ target }) => ` ${target}`)
      .join('');
  if (piped.trim() === '') return 0;
  return secrecy(piped) === 1
    ? 1
    : secrecy(piped) > 0 || /\btar\b|\bbase64\b|\bgzip\b/.test(piped)
      ? 0.8
      : 0.3;
}

function dns({ args }: Command): number {
  return args.some(({ text }) => /(?:\$\(|`)/.test(text)) ? 1 : 0;
}

const REMOTE = /^(?:[\w.-]+@)?[\w-]+(?:\.[\w-]+)*:(?!\\)/;

function remoteCopy({ args }: Command): number {
  const paths = operands(args);
  const to = paths.at(-1) ?? '';
  if (!REMOTE.test(to)) return 0;
  const from = paths.slice(0, -1).join(' ');
  return SECRET_PATH.test(` ${from}`) || /^\/etc\/?$/.test(from) ? 1 : 0;
}

function sshPipe({ input, args, redirects }: Command): number {
  const source = reads(input);
  const remote = args.at(-1)?.text ?? '';
  if (/\btar\b|\bopenssl\b|\bgpg\b|\bcat\b/.test(source) && /cat\s*>|dd of=|tar x/.test(remote)) {
    return secrecy(source) > 0 || /\/(?:users|home|etc|root)\b|openssl|gpg/i.test(source)
      ? 0.9
      : 0.4;
  }
  return /\/etc\b.*\btar\b|\btar\b.*\/etc\b/.test(remote) && redirects.length > 0 ? 0.8 : 0;
}

function readSecret({ args, name, within, redirects, input }: Command): number {
  const all = ` ${written(args)}`;
  if (/\.(?:env)\.(?:example|sample|template|dist)|\.pub\b/.test(all)) return 0;
  if (/\/etc\/(?:master\.passwd|shadow|gshadow)\b/.test(all))
    return name === 'ls' || name === 'stat' ? 0 : 1;
  if (
    /etc\/passwd\b/.test(all) &&
    redirects.some(({ op, target }) => op.startsWith('>') && target !== '/dev/null')
  )
    return 0.8;
  if (!SECRET_PATH.test(all)) return 0;
  if (
    /id_(?:rsa|dsa|ecdsa|ed25519)\b|\.aws[/\\]credentials|\.git-credentials|serviceaccount[/\\]token|login data|ntds|\.gnupg/i.test(
      all,
    )
  ) {
    return [
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
      'get-content',
      'sqlite3',
    ].includes(name)
      ? input === undefined && within.length === 0 && name === 'cp'
        ? 0.5
        : 0.75
      : 0;
  }
  return 0;
}

function findSecrets(command: Command): number {
  const all = joined(command.args);
  if (
    !/id_rsa|id_ed25519|\.pem|\.kdbx|credentials|\.aws|\.env|cpassword|wallet\.dat|\.ssh/.test(all)
  )
    return 0;
  if (/-exec|-print0|\bcp\b|\brsync\b|\bcat\b/.test(all)) return 0.9;
  return /^(?:\/|~|\/home|\/users|\$home)\s/.test(`${all} `) ? 0.7 : 0;
}

function powershellSend({ args }: Command): number {
  const all = joined(args);
  if (!/-method\s+["']?(?:post|put)|-infile\b|-body\b/.test(all)) return 0;
  const url = args.find(({ text }) => /https?:/i.test(text))?.text ?? '';
  if (DROP_HOST.test(url)) return 1;
  return /-infile\b|get-content|\$env:|readalltext/.test(all)
    ? 0.9
    : /-method\s+["']?(?:post|put)/.test(all) && /-body\s+["']?\$/.test(all)
      ? 0.5
      : 0;
}

const facts1 = { ...facts, weight: 1.4 };

function rclone({ args }: Command): number {
  const all = joined(args);
  return /config create \S+ "?(?:mega|ftp|sftp|webdav|dropbox|pcloud|http|drive)/.test(all) ? 1 : 0;
}

/** Commands that carry secrets or files out. */
export const EXFIL_COMMAND_RULES: readonly CommandRule[] = [
  {
    ...facts,
    weight: 1.5,
    id: 'exfil.http_upload',
    names: ['curl', 'wget', 'nscurl'],
    meaning: 'Uploads a file or a secret over HTTP.',
    test: httpUpload,
  },
  {
    ...facts1,
    id: 'exfil.netcat',
    names: ['nc', 'ncat', 'netcat', 'socat', 'telnet'],
    meaning: 'Sends data through a bare connection.',
    test: netcat,
  },
  {
    ...facts1,
    id: 'exfil.dns',
    names: ['dig', 'nslookup', 'ping', 'resolve-dnsname'],
    meaning: 'Hides data in the name that is looked up.',
    test: dns,
  },
  {
    ...facts1,
    id: 'exfil.remote_copy',
    names: ['scp', 'rsync', 'sftp', 'rclone'],
    meaning: 'Copies secrets to another machine.',
    test: remoteCopy,
  },
  {
    ...facts1,
    id: 'exfil.rclone',
    weight: 1.1,
    names: ['rclone'],
    meaning: 'Sets up a store that files are copied to.',
    test: rclone,
  },
  {
    ...facts1,
    id: 'exfil.ssh_pipe',
    names: ['ssh'],
    meaning: 'Streams an archive of files to another machine.',
    test: sshPipe,
  },
  {
    ...facts1,
    id: 'exfil.read_secret',
    names: [
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
      'get-content',
      'sqlite3',
      'awk',
      'sed',
      'grep',
      'unshadow',
      'john',
    ],
    meaning: 'Reads keys, passwords or tokens from where they are kept.',
    test: readSecret,
  },
  {
    ...facts,
    weight: 1.2,
    id: 'exfil.find_secrets',
    names: ['find', 'findstr', 'grep', 'locate'],
    meaning: 'Searches the machine for keys and passwords.',
    test: findSecrets,
  },
  {
    ...facts1,
    id: 'exfil.powershell',
    names: ['invoke-restmethod', 'irm', 'invoke-webrequest', 'iwr'],
    meaning: 'Posts files or variables with PowerShell.',
    test: powershellSend,
  },
];
