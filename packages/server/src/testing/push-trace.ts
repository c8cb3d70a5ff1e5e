import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** One system call of a traced process. `start` and `end` are places in the order of everything that happened. */
export interface SystemCall {
  readonly name: string;
  /** Arguments as strace prints them, with the paths of file descriptors. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const tracedCalls =
  'pwrite64,pwritev,write,writev,sendto,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,ftruncate';

/** Words before the program: the traced process stays the direct child, so that signals reach it. */
export function straceWrapper(strace: string, outputFile: string): readonly string[] {
  return [
    strace,
    '-D',
    '-f',
    '-y',
    '--seccomp-bpf',
    '-s',
    '48',
    '-e',
    `trace=${tracedCalls}`,
    '-o',
    outputFile,
  ];
}

/** The successful calls of a trace, in the order of their starts. Waits until the tracer has written the end of the process. */
export async function readTrace(outputFile: string, pid: number): Promise<SystemCall[]> {
  const giveUpAtMs = Date.now() + 20_000;
  for (;;) {
    const text = await readFile(outputFile, 'utf8');
    if (new RegExp(`^${pid} +\\+\\+\\+ (exited|killed)`, 'm').test(text)) return parseTrace(text);
    if (Date.now() > giveUpAtMs) throw new Error(`the trace does not end: ${text.slice(-1000)}`);
    await sleep(50);
  }
}

function parseTrace(text: string): SystemCall[] {
  const unfinished = new Map<string, { readonly text: string; readonly start: number }>();
  const calls: SystemCall[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const broken = /^(.*) <unfinished \.\.\.>$/.exec(rest)?.[1];
    if (broken !== undefined) {
      unfinished.set(thread, { text: broken, start: at });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
    const begun = resumed === undefined ? undefined : unfinished.get(thread);
    if (resumed !== undefined && begun === undefined) continue;
    const whole = begun === undefined ? rest : `${begun.text}${resumed}`;
    const name = /^(\w+)\(/.exec(whole)?.[1];
    if (name === undefined || /\) += -1 /.test(whole)) continue;
    calls.push({ name, text: whole, start: begun?.start ?? at, end: at });
  }
  return calls.sort((a, b) => a.start - b.start);
}
