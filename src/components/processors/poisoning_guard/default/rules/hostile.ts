import type { Command } from '../command.ts';
import { isShell } from '../command.ts';
import { hasShort, joined } from './command_rule.ts';
import type { CommandRule } from './command_rule.ts';

const facts = { class: 'destructive', severity: 'high' } as const;

const FETCH = new Set([
  'curl',
  'wget',
  'fetch',
  'lwp-request',
  'aria2c',
  'nc',
  'iwr',
  'irm',
  'invoke-webrequest',
  'invoke-restmethod',
]);
const INTERPRETERS = new Set([
  'python',
  'python2',
  'python3',
  'perl',
  'ruby',
  'node',
  'php',
  'deno',
  'bun',
  'osascript',
  'iex',
  'invoke-expression',
  'cmd',
  'powershell',
  'pwsh',
  'source',
  '.',
]);

const TRUSTED_INSTALL =
  /(?:get\.docker\.com|sh\.rustup\.rs|raw\.githubusercontent\.com|githubusercontent\.com|github\.com|brew\.sh|bun\.sh|deno\.land|install\.python-poetry\.org|astral\.sh|get\.k3s\.io|get\.helm\.sh|nodesource\.com|nvm|pnpm\.io|sdkman\.io|volta\.sh|starship\.rs|fly\.io|cli\.run|ollama\.com|tailscale\.com|get\.pnpm\.io|claude\.ai|mise\.run|nixos\.org|bit\.ly\/n-install|cdn\.jsdelivr\.net)/i;

function fetched(command: Command | undefined): Command | undefined {
  for (let each = command, i = 0; each !== undefined && i < 8; each = each.input, i++) {
    if (FETCH.has(each.name)) return each;
  }
  return undefined;
}

function pipeToShell(command: Command): number {
  const { name, input } = command;
  if (!isShell(name) && !INTERPRETERS.has(name)) return 0;
  const source = fetched(input);
  if (source !== undefined) {
    const all = joined(source.args);
    return TRUSTED_INSTALL.test(all)
      ? 0.4
      : /https?:\/\/\d+\.\d+\.\d+\.\d+|evil|attacker|\bc2\b|malicious/.test(all)
        ? 1.2
        : /\{\{|<\w/.test(all)
          ? 0.3
          : 0.9;
  }
  for (let each = input, i = 0; each !== undefined && i < 8; each = each.input, i++) {
    const all = joined(each.args);
    if (
      (each.name === 'base64' && /(?:^| )-(?:d|-decode|D)\b/i.test(all)) ||
      (each.name === 'xxd' && /-r/.test(all)) ||
      (each.name === 'openssl' && /-d\b/.test(all))
    )
      return 1;
    if (each.name === 'rev' || (each.name === 'tr' && /a-z/.test(all))) return 0.8;
  }
  return 0;
}

function substitutedFetch({ name, args }: Command): number {
  if (!isShell(name) && name !== 'eval' && name !== 'iex' && name !== 'source') return 0;
  const all = joined(args);
  if (!/(?:\$\(|`|<\()\s*(?:curl|wget)\b/.test(all))
    return /\bbase64 (?:-d|--decode)/.test(all) ? 1 : 0;
  return TRUSTED_INSTALL.test(all) ? 0.4 : 1;
}

const REVERSE =
  /\/dev\/(?:tcp|udp)\/|(?:nc|ncat|netcat)\s(?:.*\s)?-[a-z]*[ec]\s*(?:\/bin\/)?(?:ba|z|k)?sh\b|socket\.socket.*(?:dup2|subprocess|pty)|pty\.spawn|fsockopen.*(?:exec|sh -i)|socket.*exec.*sh -i|tcpsocket.*(?:exec|popen)|mkfifo.*\bnc\b|net\.sockets\.tcpclient/i;

function reverseShell({ args, name, redirects }: Command): number {
  const all = `${name} ${joined(args)} ${redirects.map(({ target }) => target).join(' ')}`;
  return REVERSE.test(all) ? 1 : 0;
}

function bash({ args, redirects }: Command): number {
  if (redirects.some(({ target }) => /^&?\/dev\/(?:tcp|udp)\//.test(target))) return 1;
  return REVERSE.test(joined(args)) ? 1 : 0;
}

function persistence({ name, args, redirects, input }: Command): number {
  const to = redirects
    .filter(({ op }) => op.startsWith('>'))
    .map(({ target }) => target)
    .join(' ');
  if (
    /authorized_keys|\/etc\/(?:cron|sudoers|ld\.so\.preload|rc\.local|profile|pam\.d|systemd\/system)|\/etc\/init\.d/.test(
      to,
    ) &&
    name !== 'crontab'
  )
    return 0.8;
  if (/\.(?:bashrc|bash_profile|zshrc|profile|zprofile)$/.test(to)) {
    const all = joined(args);
    return /curl|wget|\bnc\b|\/dev\/tcp|histfile|history|base64|set \+o/.test(all) ? 1 : 0;
  }
  if (
    name === 'crontab' &&
    input !== undefined &&
    /curl|wget|\bnc\b|base64|\/dev\/tcp|\/tmp\//.test(joined(input.args))
  )
    return 1;
  if (
    name === 'tee' &&
    /authorized_keys|\/etc\/(?:cron|sudoers|ld\.so\.preload)/.test(joined(args))
  )
    return 0.8;
  return 0;
}

function historyErase({ name, args, redirects }: Command): number {
  const all = joined(args);
  if (name === 'history') return hasShort(args, 'c') || /-cw|-d/.test(all) ? 0.9 : 0;
  if (name === 'set') return all.startsWith('+o history') ? 1 : 0;
  if (name === 'unset') return /\bhist(?:file|size|filesize)\b/.test(all) ? 1 : 0;
  if (name === 'export' || name === 'declare')
    return /\bhist(?:filesize|size)=["']?0|histfile=(?:\/dev\/null|["']?$)|histcontrol=.*ignorespace/.test(
      all,
    )
      ? 0.9
      : 0;
  if (name === 'ln') return /\/dev\/null.*(?:_history|\.history|log)/.test(all) ? 1 : 0;
  if (name === 'clear-history' || name === 'clear-eventlog' || name === 'remove-eventlog') return 1;
  if (name === 'set-psreadlineoption') return /savenothing/.test(all) ? 1 : 0;
  if (name === 'wevtutil') return /^(?:cl|clear-log)\b/.test(all) ? 1 : 0;
  if (name === 'cat' || name === 'cp')
    return /\/dev\/null/.test(all) && redirects.some(({ target }) => target.endsWith('history'))
      ? 1
      : 0;
  return 0;
}

const SECURITY =
  /auditd|falcon|crowdstrike|sentinel|osquery|wazuh|clamav|defender|windefend|apparmor|selinux|firewalld|ufw|iptables|syslog|rsyslog|fail2ban|carbonblack|sysmon|eventlog|mpssvc|sense\b|wdnissvc|securityhealth|vss\b|backup|systemrestore/;

function evasion({ name, args }: Command): number {
  const all = joined(args);
  switch (name) {
    case 'systemctl':
    case 'service':
    case 'launchctl':
      return /\b(?:stop|disable|mask|unload|bootout)\b/.test(all) && SECURITY.test(all) ? 0.9 : 0;
    case 'setenforce':
      return /^(?:0|permissive)/.test(all) ? 0.9 : 0;
    case 'iptables':
    case 'ip6tables':
      return /(?:^| )(?:-f|--flush)(?: |$)|-p (?:input|forward|output) accept/.test(all) ? 0.8 : 0;
    case 'ufw':
      return /\bdisable\b|\breset\b/.test(all) ? 0.9 : 0;
    case 'auditctl':
      return /-e ?0|-d\b/.test(all) ? 1 : 0;
    case 'csrutil':
    case 'spctl':
      return /disable/.test(all) ? 1 : 0;
    case 'netsh':
      return /state off|firewall.*(?:disable|off)/.test(all) ? 1 : 0;
    case 'sc':
    case 'net':
      return /\b(?:stop|delete|config)\b/.test(all) && SECURITY.test(all) ? 0.9 : 0;
    case 'set-mppreference':
    case 'add-mppreference':
      return /disable|exclusion/.test(all) ? 1 : 0;
    case 'schtasks':
      return /\/disable|\/delete/.test(all) && SECURITY.test(all)
        ? 0.9
        : /\/create/.test(all) && /powershell|http|mshta|rundll/.test(all)
          ? 0.9
          : 0;
    case 'reg':
    case 'set-itemproperty':
    case 'new-itemproperty':
      return registry(all);
    case 'set-executionpolicy':
      return 0.3;
    case 'chattr':
      return /\+i\b/.test(all) && /\/etc\/|\/bin/.test(all) ? 0.6 : 0;
    default:
      return 0;
  }
}

function registry(all: string): number {
  if (/^(?:delete)\b/.test(all)) return /hklm|hkey_local_machine/.test(all) ? 0.9 : 0.5;
  if (
    /systemrestore|disableantispyware|disablerealtime|disableconfig|disablesr|enablelua|windows defender|disabletaskmgr|disableregistrytools/.test(
      all,
    )
  )
    return 1;
  if (
    /currentversion\\+run(?:once)?\b|image file execution|winlogon.*shell/.test(all) &&
    !all.startsWith('query')
  )
    return 0.9;
  return 0;
}

function account({ name, args }: Command): number {
  const all = joined(args);
  if (name === 'usermod') return /-a?g.*\b(?:sudo|wheel|root|docker)\b/.test(all) ? 0.4 : 0;
  if (name === 'net')
    return /localgroup administrators.*\/add/.test(all)
      ? 1
      : /\buser\b.*\/(?:add|delete)/.test(all)
        ? 0.7
        : 0;
  if (name === 'useradd' || name === 'adduser')
    return /-o\b.*-u ?0|-u ?0 .*-o|-u ?0\b/.test(all) ? 1 : 0;
  return 0;
}

/** Commands of intruders: remote control, persistence, covering of traces. */
export const HOSTILE_RULES: readonly CommandRule[] = [
  {
    ...facts,
    id: 'hostile.pipe_to_shell',
    severity: 'critical',
    weight: 1.5,
    names: ['sh', 'bash', 'zsh', 'ksh', 'dash', 'ash', 'fish', ...INTERPRETERS],
    meaning: 'Runs what it fetches or decodes, unseen.',
    factorMax: 1.2,
    test: pipeToShell,
  },
  {
    ...facts,
    id: 'hostile.run_fetched',
    severity: 'critical',
    weight: 1.4,
    names: ['sh', 'bash', 'zsh', 'ksh', 'dash', 'eval', 'iex', 'source'],
    meaning: 'Runs the output of a download.',
    test: substitutedFetch,
  },
  {
    ...facts,
    id: 'hostile.reverse_shell',
    severity: 'critical',
    weight: 2,
    names: [
      'nc',
      'ncat',
      'netcat',
      'python',
      'python2',
      'python3',
      'perl',
      'ruby',
      'php',
      'lua',
      'socat',
      'telnet',
      'awk',
      'powershell',
      'pwsh',
      'mkfifo',
      'exec',
    ],
    meaning: 'Opens a shell to another machine.',
    test: reverseShell,
  },
  {
    ...facts,
    id: 'hostile.shell_socket',
    severity: 'critical',
    weight: 2,
    names: ['sh', 'bash', 'zsh', 'exec', '0<&196'],
    meaning: 'Ties a shell to a socket.',
    test: bash,
  },
  {
    ...facts,
    id: 'hostile.persistence',
    weight: 1.4,
    names: ['*'],
    meaning: 'Makes sure that it is run again: keys, cron, profiles.',
    test: persistence,
  },
  {
    ...facts,
    id: 'hostile.erase_history',
    weight: 1.3,
    names: [
      'history',
      'set',
      'unset',
      'export',
      'declare',
      'ln',
      'clear-history',
      'clear-eventlog',
      'remove-eventlog',
      'wevtutil',
      'set-psreadlineoption',
      'cat',
      'cp',
    ],
    meaning: 'Hides what was typed or logged.',
    test: historyErase,
  },
  {
    ...facts,
    id: 'hostile.defences',
    weight: 1.3,
    names: [
      'systemctl',
      'service',
      'launchctl',
      'setenforce',
      'iptables',
      'ip6tables',
      'ufw',
      'auditctl',
      'csrutil',
      'spctl',
      'netsh',
      'sc',
      'net',
      'set-mppreference',
      'add-mppreference',
      'schtasks',
      'reg',
      'set-itemproperty',
      'new-itemproperty',
      'set-executionpolicy',
      'chattr',
    ],
    meaning: 'Switches off protection, logging or recovery.',
    test: evasion,
  },
  {
    ...facts,
    id: 'hostile.account',
    weight: 1.2,
    names: ['usermod', 'net', 'useradd', 'adduser'],
    meaning: 'Makes an account that rules the machine.',
    test: account,
  },
];
