import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { findProgram } from './find-program.ts';

const startLimitMs = 30_000;
const stopLimitMs = 20_000;

/** A background program of a client, such as dockerd. */
export interface ClientDaemon {
  readonly pid: number;
  /** Asks it to end, waits, and kills it if it does not. */
  stop(): Promise<void>;
}

/** Starts a daemon and resolves when its socket is there; its output goes to the log. */
export async function startClientDaemon(
  program: string,
  words: readonly string[],
  files: { readonly socket: string; readonly log: string },
  env: Readonly<Record<string, string>> = {},
): Promise<ClientDaemon> {
  const log = openSync(files.log, 'w');
  const child = spawn(findProgram(program) ?? program, [...words], {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  closeSync(log);
  const exited = once(child, 'exit');
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const deadline = Date.now() + startLimitMs;
  while (!(await exists(files.socket))) {
    if (!isRunning() || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${program} did not start: ${await readFile(files.log, 'utf8')}`);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
  return {
    pid: child.pid ?? 0,
    async stop() {
      if (!isRunning()) return;
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
      await exited;
      clearTimeout(limit);
    },
  };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
