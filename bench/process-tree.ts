import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of `/proc/PID/stat`; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

interface ProcessStat {
  readonly parent: number;
  readonly cpuMs: number;
}

function statOf(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    // utime, stime, and both of children that were waited for.
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
    return { parent: fields[1] ?? 0, cpuMs: (ticks * 1000) / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}

/** A process and all that descend from it. */
function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat !== undefined) parents.set(Number(name), stat.parent);
  }
  const tree = [root];
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  }
  return tree;
}

/** CPU time that a process tree has used, user and system, in ms. */
export function cpuMsOf(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + (statOf(pid)?.cpuMs ?? 0), 0);
}

/** Resident memory of a process tree in bytes; with `peak`, the sum of each one's highest. */
export function residentBytesOf(root: number, peak = false): number {
  const pattern = peak ? /VmHWM:\s+(\d+)/ : /VmRSS:\s+(\d+)/;
  return treeOf(root).reduce((sum, pid) => {
    try {
      const text = readFileSync(`/proc/${pid}/status`, 'latin1');
      return sum + Number(pattern.exec(text)?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}
