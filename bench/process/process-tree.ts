import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc/<pid>/stat: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The process and all of its descendants that live now. */
export function listProcessTree(rootPid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = readStatFields(Number(name));
    if (fields !== undefined) parents.set(Number(name), Number(fields[1]));
  }
  const tree = [rootPid];
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  }
  return tree;
}

/** User and system CPU seconds of the processes so far. */
export function readCpuSeconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const fields = readStatFields(pid);
    ticks += Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
  }
  return ticks / ticksPerSecond;
}

/** Resident bytes of the processes now: their sum, so shared pages count once for each. */
export function readResidentBytes(pids: readonly number[]): number {
  return sumOfStatus(pids, /^VmRSS:\s+(\d+) kB/m);
}

/** The largest resident size that a process has had since it started or since `resetPeak`; exact for one process only. */
export function readPeakBytes(pid: number): number {
  return sumOfStatus([pid], /^VmHWM:\s+(\d+) kB/m);
}

function sumOfStatus(pids: readonly number[], pattern: RegExp): number {
  let sum = 0;
  for (const pid of pids) {
    try {
      sum += Number(pattern.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024;
    } catch {
      // It has ended.
    }
  }
  return sum;
}

/** Fields of /proc/<pid>/stat from the third on (state, parent, ...); the second, the name, may hold blanks. */
function readStatFields(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
