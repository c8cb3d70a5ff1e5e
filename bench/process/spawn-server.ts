import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { firstAnswer } from '#/process/first-answer.ts';

export interface SpawnedServer {
  readonly pid: number;
  /** Milliseconds from the start of the program to its first HTTP answer. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** Starts a program with its output in `logFile` and resolves when `url` answers anything. */
export async function spawnServer(
  program: string,
  args: readonly string[],
  options: {
    readonly url: string;
    readonly logFile: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<SpawnedServer> {
  const log = openSync(options.logFile, 'a');
  const startedAt = performance.now();
  const child = spawn(program, args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.env },
  });
  const exited = once(child, 'exit');
  const failed = exited.then(() => {
    throw new Error(`${program} ended at once, see ${options.logFile}`);
  });
  failed.catch(() => undefined);
  const answeredAt = await Promise.race([firstAnswer(options.url, () => child.exitCode !== null), failed]);
  return {
    pid: child.pid ?? 0,
    startMs: answeredAt - startedAt,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(force);
    },
  };
}
