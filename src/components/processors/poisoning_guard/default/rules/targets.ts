/** How bad it is that a path is destroyed: 0 harmless, 0.3 ordinary, 1 grave. */
export function lossOf(path: string): number {
  const target = bare(path);
  if (target === '') return 0;
  if (/\{\{|^<|^\[|PATH_TO|path\/to/.test(target)) return 0.1;
  if (isScratch(target)) return 0;
  if (!ROOTED.has(target.charAt(0)) && target.charAt(1) !== ':') return 0.3;
  if (
    /^(?:\/|\/\*|\/\.\*?|~|~\/?\*?|\$\{?home\}?\/?\*?|\*|\.|\.\.|\.\/\*?|\.\.\/?\*?|\.\*|[a-z]:[\\/]?\*?(?:\.\*)?|%userprofile%|%systemdrive%\\?)$/i.test(
      target,
    )
  )
    return 1;
  if (SYSTEM.test(target)) return 1;
  if (target.startsWith('/')) return HOLDING.test(target) ? 1 : 0.5;
  if (/^(?:~|\$\{?home\}?|%userprofile%)[\\/]/i.test(target)) return 0.65;
  if (/^[a-z]:\\/i.test(target)) return 0.7;
  if (/^\.git\/?$|^\.env$/.test(target)) return 0.7;
  return 0.3;
}

/** What a path begins with that is not below where one is. */
const ROOTED = new Set('/~$*.%-');

/** Without quotation marks around it and doubled slashes. */
function bare(path: string): string {
  const [first, last] = [path.charAt(0), path.charAt(path.length - 1)];
  const isQuoted = first === '"' || first === "'" || last === '"' || last === "'";
  const target = isQuoted ? path.replace(/^["']+|["']+$/g, '') : path;
  return target.includes('//') ? target.replaceAll('//', '/') : target;
}

/** Where people and services keep what is theirs. */
const HOLDING = /^\/(?:home|users|srv|mnt|media|data|backups?|opt|root)(?:\/[^/]*)?\/?\*?$/i;

const SYSTEM =
  /^(?:\/(?:etc|usr|bin|sbin|lib|lib64|boot|dev|proc|sys|root|var)(?:\/(?:lib|log|www|backups?|spool|mail|passwd|shadow|local|bin|sbin|share|ssh|cron[^/]*|kubernetes|sda?))?\/?(?:\*|\.\*)?$|\/var\/lib\/(?:docker|mysql|postgresql|mongodb|etcd|kubelet)|\/etc\/|[a-z]:\\(?:windows|users|program files)|%(?:systemroot|windir|programfiles)%|\/system\b|\/library\b|--no-preserve-root)/i;

function isScratch(target: string): boolean {
  const first = target.charAt(0);
  if (first === '/') {
    if (/^\/(?:var\/)?tmp\/.|^\/dev\/shm\/.|^\/var\/cache\//.test(target))
      return !target.includes('..');
    if (/^\/var\/log\/.*\.(?:gz|\d+)$/.test(target)) return true;
  } else if (first === '$' || first === '%') {
    if (/^\$\{?(?:tmp|temp|tmpdir|build|out|cache|workdir|work_dir|tempdir)/i.test(target))
      return true;
    if (/^%te?mp%\\.|^\$env:te?mp/i.test(target)) return true;
  }
  return SCRATCH.test(target) && !target.includes('..');
}

const SCRATCH =
  /(?:^|[\\/])(?:node_modules|build|dist|target|out|bin|obj|coverage|\.cache|\.next|\.nuxt|\.venv|venv|__pycache__|\.pytest_cache|\.tox|tmp|temp|cache|vendor|\.gradle|\.terraform|\.turbo|package-lock\.json|yarn\.lock|[^\\/]*\.(?:log|tmp|bak|o|pyc|swp|old|zip|tgz|tar\.gz|gz|deb|rpm|egg-info))[\\/]?\*?$/i;
