import type { Command } from '../command.ts';
import { hasLong, hasShort, hasSlash, joined, operands } from './command_rule.ts';
import type { CommandRule } from './command_rule.ts';
import { DESTRUCTIVE_VERBS } from './destructive_verbs_table.ts';
import { lossOf } from './targets.ts';

const facts = { class: 'destructive', severity: 'high' } as const;

const worst = (paths: readonly string[]): number => Math.max(0, ...paths.map(lossOf));

function rm({ args, within, input, name }: Command): number {
  if (hasLong(args, 'help') || hasLong(args, 'version')) return 0;
  const recursive = hasShort(args, 'r') || hasShort(args, 'R') || hasLong(args, 'recursive');
  const preserved = hasLong(args, 'no-preserve-root');
  const paths = operands(args).filter(
    (path) => !/^(?:\{\}|\\?;|\+|_|\$\S*)$/.test(path) || /^\$\{?home/i.test(path),
  );
  if (name === 'rimraf' || name === 'srm') return worst(paths);
  // `find … -exec rm`: what is found is decided by find.
  if (within.includes('find') || within.includes('xargs')) {
    return recursive && worst(paths) >= 1 ? 1 : 0;
  }
  if (preserved) return 1;
  if (recursive && operands(args).length === 0) return input === undefined ? 0.3 : 0.65;
  if (recursive) return worst(paths);
  // A single file: only what an intruder removes or what the system needs.
  return paths.some((path) => TRACES.test(path) || /^\/(?:etc|boot|bin|sbin|usr\/bin)\//.test(path))
    ? 0.8
    : 0;
}

const TRACES =
  /(?:^|[\\/])(?:\.(?:bash|zsh|sh|python|mysql|psql|node_repl)_history|wtmp|btmp|lastlog|utmp|auth\.log|secure|audit\.log|syslog|messages|consolehost_history\.txt)$|^\/var\/log\/?\*?$|\/var\/spool\/mail\/|\/library\/mail\//i;

function find(command: Command): number {
  const { args } = command;
  const all = joined(args);
  const deletes = / -delete\b| -exec(?:dir)? (?:\/bin\/)?(?:rm|shred)\b/.test(` ${all}`);
  if (!deletes) return 0;
  // A search that picks files by name, age or size is housekeeping.
  const picks =
    /-(?:i?name|i?path|i?wholename|[mca]time|[mca]min|size|empty|newer|i?regex|inum|user|links|samefile|perm|group)\b/.test(
      all,
    );
  const roots = [];
  for (const { text } of args) {
    if (/^[-(!]/.test(text)) break;
    roots.push(text);
  }
  return picks ? 0 : worst(roots);
}

const DEVICE =
  /^(?:of=)?\/dev\/(?:sd|hd|vd|xvd|nvme|disk|rdisk|mmcblk|mem|kmem|mapper|md|root|loop)/;

function dd({ args }: Command): number {
  const to = args.find(({ text }) => text.startsWith('of='))?.text ?? '';
  if (DEVICE.test(to)) {
    const zero = args.some(({ text }) => /^if=\/dev\/(?:zero|u?random|null)/.test(text));
    return /sd[xX]\b|sdX/.test(to) ? 0.4 : zero ? 1 : 0.7;
  }
  const from = args.some(({ text }) => /^if=\/dev\/(?:zero|u?random)/.test(text));
  return from && lossOf(to.slice(3)) >= 1 ? 1 : 0;
}

const onDevice = ({ args }: Command): number =>
  args.some(({ text }) => DEVICE.test(text) && !/sd[xX]\b|\{\{/.test(text))
    ? 1
    : args.some(({ text }) => text.startsWith('/dev/'))
      ? 0.4
      : 0;

function chmod({ args, name }: Command): number {
  const recursive = hasShort(args, 'R') || hasLong(args, 'recursive');
  if (!recursive)
    return /^(?:0?777|0?000|a\+rwx|u\+s|4[0-7]{3})$/.test(operands(args)[0] ?? '') &&
      operands(args)
        .slice(1)
        .some((path) => /^\/(?:etc|bin|usr|root|$)/.test(path))
      ? 0.7
      : 0;
  const [mode = '', ...paths] = operands(args);
  const open =
    name !== 'chmod' || /^0?(?:777|666|000)$|^[augo]*[+=]rwx$|^-rwx|^a-|^[ugoa]*[-=]$/.test(mode);
  return open &&
    paths.some((path) =>
      /^(?:\/|\/\*|\/(?:etc|usr|bin|sbin|lib|var|boot|root|home|dev)\/?\*?|~|\$home)$/i.test(path),
    )
    ? 1
    : open && name === 'chmod' && lossOf(paths[0] ?? '') >= 1
      ? 0.5
      : 0;
}

function git({ args }: Command): number {
  const words = args.map(({ text }) => text);
  let at = 0;
  while (at < words.length && (words[at] ?? '').startsWith('-'))
    at += /^-(?:C|c)$|^--(?:git-dir|work-tree)$/.test(words[at] ?? '') ? 2 : 1;
  const verb = words[at];
  const rest = args.slice(at + 1);
  const has = (option: string): boolean => rest.some(({ text }) => text === option);
  if (has('--dry-run') || has('-n') || has('--help') || has('-h')) return 0;
  switch (verb) {
    case 'reset':
      return has('--hard') || has('--merge') ? 1 : 0;
    case 'clean':
      return (hasShort(rest, 'f') || hasLong(rest, 'force')) && !hasShort(rest, 'n') ? 1 : 0;
    case 'push':
      return gitPush(rest.map(({ text }) => text));
    case 'stash':
      return has('drop') || has('clear') ? 1 : 0;
    case 'branch':
    case 'tag':
      return has('-D') || (has('-d') && has('-f')) || (has('--delete') && has('--force')) ? 1 : 0;
    case 'checkout':
      return (has('--') && (has('.') || rest.length > 1)) || has('-f') || has('--force') || has('.')
        ? 0.9
        : 0;
    case 'restore':
      return has('.') || has('--worktree') || (rest.length > 0 && !has('--staged') && !has('-S'))
        ? 0.7
        : 0;
    case 'filter-branch':
    case 'filter-repo':
      return 0.8;
    case 'reflog':
      return has('expire') || has('delete') ? 1 : 0;
    case 'gc':
      return rest.some(({ text }) => /--prune=(?:now|all)/.test(text)) ? 0.8 : 0;
    case 'update-ref':
      return has('-d') ? 0.8 : 0;
    case 'worktree':
      return has('remove') && (has('--force') || has('-f')) ? 0.8 : 0;
    default:
      return 0;
  }
}

function gitPush(words: readonly string[]): number {
  if (words.some((word) => /^--force-(?:with-lease|if-includes)/.test(word))) return 0.4;
  const force = words.some((word) =>
    /^--force(?:=|$)|^--mirror$|^--delete$|^-[a-z]*f|^-d$/.test(word),
  );
  return force || words.some((word) => /^\+\w|^:\w/.test(word)) ? 1 : 0;
}

function verbs({ name, args }: Command): number {
  const all = joined(args);
  if (/--dry-run|--help\b|\{\{|<\w|^plan\b/.test(all)) return 0;
  return DESTRUCTIVE_VERBS.get(name)?.find(([pattern]) => pattern.test(all))?.[1] ?? 0;
}

function curlDelete({ args }: Command): number {
  const all = ` ${joined(args)}`;
  if (!/ (?:-x|--request)[ =]?delete\b/.test(all))
    return /_delete_by_query|_forcemerge/.test(all) ? 0.8 : 0;
  return 0.8;
}

const WINDOWS = ['del', 'erase', 'rd', 'rmdir'];

function windowsDelete({ args, name }: Command): number {
  const recursive = hasSlash(args, 's') || (name === 'del' && hasSlash(args, 'f'));
  if (!recursive) return 0;
  const paths = operands(args).filter((text) => !/^\/[a-z]$/i.test(text));
  const loss = worst(paths);
  return hasSlash(args, 'q')
    ? Math.max(loss, paths.some((path) => /[\\*%]/.test(path)) ? 0.6 : 0.3)
    : loss * 0.8;
}

function removeItem({ args }: Command): number {
  const all = joined(args);
  if (/historysavepath|consolehost_history|\\prefetch\\|\.evtx/.test(all)) return 0.9;
  if (!/-rec|-r\b/.test(all)) return 0;
  return worst(operands(args)) >= 0.65 ? 1 : /-force|-fo\b/.test(all) ? 0.5 : 0.2;
}

/** Commands that destroy data. */
export const DESTRUCTIVE_RULES: readonly CommandRule[] = [
  {
    ...facts,
    id: 'destructive.rm',
    severity: 'critical',
    weight: 2,
    names: ['rm', 'rimraf', 'srm', 'unlink'],
    meaning: 'Removes files and folders that matter.',
    test: rm,
  },
  {
    ...facts,
    id: 'destructive.find_delete',
    weight: 2,
    names: ['find', 'fd'],
    meaning: 'Deletes everything that find comes across.',
    test: find,
  },
  {
    ...facts,
    id: 'destructive.dd',
    severity: 'critical',
    weight: 2,
    names: ['dd'],
    meaning: 'Overwrites a disk.',
    test: dd,
  },
  {
    ...facts,
    id: 'destructive.disk',
    severity: 'critical',
    weight: 1.6,
    names: [
      'mkfs',
      'mke2fs',
      'mkfs.ext2',
      'mkfs.ext3',
      'mkfs.ext4',
      'mkfs.xfs',
      'mkfs.btrfs',
      'mkfs.vfat',
      'mkfs.ntfs',
      'mkfs.fat',
      'wipefs',
      'blkdiscard',
      'sgdisk',
      'mkswap',
      'shred',
      'wipe',
      'scrub',
      'hdparm',
      'badblocks',
    ],
    meaning: 'Formats or wipes a disk.',
    test: onDevice,
  },
  {
    ...facts,
    id: 'destructive.shred',
    weight: 1.4,
    names: ['shred', 'wipe', 'srm', 'scrub'],
    meaning: 'Shreds files so that they cannot be brought back.',
    test: ({ args }) => (operands(args).some((path) => lossOf(path) >= 0.5) ? 1 : 0),
  },
  {
    ...facts,
    id: 'destructive.permissions',
    weight: 2,
    names: ['chmod', 'chown', 'chgrp', 'chattr'],
    meaning: 'Opens or closes the whole file system to everyone.',
    test: chmod,
  },
  {
    ...facts,
    id: 'destructive.git',
    weight: 1.2,
    names: ['git'],
    meaning: 'Throws away work that git keeps, without asking.',
    test: git,
  },
  {
    ...facts,
    id: 'destructive.service',
    weight: 1.2,
    names: [...DESTRUCTIVE_VERBS.keys()],
    meaning: 'Deletes what a cloud, cluster, database or backup tool looks after.',
    test: verbs,
  },
  {
    ...facts,
    id: 'destructive.http_delete',
    weight: 1.1,
    names: ['curl', 'wget'],
    meaning: 'Deletes over HTTP.',
    test: curlDelete,
  },
  {
    ...facts,
    id: 'destructive.windows_delete',
    weight: 1.6,
    names: WINDOWS,
    meaning: 'Deletes folders with all that is in them, without asking.',
    test: windowsDelete,
  },
  {
    ...facts,
    id: 'destructive.remove_item',
    weight: 1.6,
    names: ['remove-item'],
    meaning: 'Deletes with PowerShell, folders included, or removes traces.',
    test: removeItem,
  },
  {
    ...facts,
    id: 'destructive.windows_disk',
    severity: 'critical',
    weight: 1.6,
    names: ['format', 'diskpart', 'cipher', 'format-volume', 'clear-disk', 'initialize-disk'],
    meaning: 'Formats a Windows volume.',
    test: ({ name, args }) =>
      name === 'format'
        ? args.some(({ text }) => /^[a-z]:$/i.test(text))
          ? 1
          : 0
        : name === 'cipher'
          ? args.some(({ text }) => /^\/w:/i.test(text))
            ? 1
            : 0
          : name === 'diskpart'
            ? 0.5
            : 1,
  },
  {
    ...facts,
    id: 'destructive.recovery',
    severity: 'critical',
    weight: 1.8,
    names: ['vssadmin', 'wmic', 'wbadmin', 'bcdedit', 'diskshadow', 'fsutil', 'reagentc'],
    meaning: 'Takes away shadow copies, backups or recovery.',
    test: recovery,
  },
  {
    ...facts,
    id: 'destructive.truncate',
    weight: 1.4,
    names: ['truncate'],
    meaning: 'Empties files that matter.',
    test: ({ args }) =>
      /-s ?0|--size=0/.test(joined(args)) &&
      operands(args).some((path) => /^\/(?:var|etc|home|root)\b|\.sql|\.db/.test(path))
        ? 1
        : 0,
  },
  {
    ...facts,
    id: 'destructive.move_to_null',
    weight: 1.4,
    names: ['mv'],
    meaning: 'Moves files to nowhere.',
    test: ({ args }) => (operands(args).at(-1) === '/dev/null' ? 1 : 0),
  },
  {
    ...facts,
    id: 'destructive.redirect',
    severity: 'critical',
    weight: 1.6,
    names: ['*'],
    meaning: 'Writes over a disk or a file the system needs.',
    test: redirect,
  },
  {
    ...facts,
    id: 'destructive.kill_all',
    weight: 1.2,
    names: ['kill', 'killall', 'pkill'],
    meaning: 'Kills everything.',
    test: ({ args }) => (/(?:^| )-(?:9|kill|sigkill) -1(?: |$)/.test(joined(args)) ? 1 : 0),
  },
];

function recovery({ name, args, input }: Command): number {
  const all = joined(args);
  if (name === 'vssadmin') return /delete|resize/.test(all) ? 1 : 0;
  if (name === 'wmic') return /shadowcopy.*delete/.test(all) ? 1 : 0;
  if (name === 'wbadmin') return /delete|disable/.test(all) ? 1 : 0;
  if (name === 'bcdedit')
    return /recoveryenabled|bootstatuspolicy|safeboot|testsigning|\/delete/.test(all) ? 1 : 0;
  if (name === 'reagentc') return /disable/.test(all) ? 1 : 0;
  if (name === 'fsutil') return /usn deletejournal|file setzerodata/.test(all) ? 1 : 0;
  return input === undefined && args.length === 0 ? 0.2 : 0.8;
}

function redirect({ redirects, name }: Command): number {
  for (const { op, target } of redirects) {
    if (!op.startsWith('>') || target === '') continue;
    if (/^\/dev\/(?:sd[a-z]|hd[a-z]|nvme\d|vd[a-z]|disk\d|mem)/.test(target)) return 1;
    if (
      op === '>' &&
      /^\/etc\/(?:passwd|shadow|fstab|sudoers|hosts)$/.test(target) &&
      !/^(?:cat|sed|awk)$/.test(name)
    )
      return 0.8;
    if (
      op === '>' &&
      (name === '' || name === ':' || name === 'true') &&
      /history$|^\/var\/log\//.test(target)
    )
      return 0.8;
  }
  return 0;
}
