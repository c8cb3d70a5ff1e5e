import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAbsolute } from 'node:path';
import { findProgram } from './find-program.ts';

const defaultTimeoutMs = 60_000;

export interface ClientOptions {
  /** Standard input, such as a password. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

export interface ClientResult {
  /** Exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for messages and patterns. */
  readonly output: string;
}

/** Runs a program to its end, whatever that is; one that hangs is killed and throws. */
export async function tryClient(
  program: string,
  words: readonly string[],
  options: ClientOptions = {},
): Promise<ClientResult> {
  const path = isAbsolute(program) ? program : (findProgram(program) ?? program);
  const child = spawn(path, [...words], {
    env: { PATH: process.env.PATH ?? '', ...options.env },
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A program that refuses before it reads its input closes the pipe.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  let timedOut = false;
  const limit = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, options.timeoutMs ?? defaultTimeoutMs);
  await once(child, 'close');
  clearTimeout(limit);
  const texts = [stdout, stderr].map((parts) => Buffer.concat(parts).toString('utf8'));
  const result = {
    code: child.exitCode ?? undefined,
    stdout: texts[0] ?? '',
    stderr: texts[1] ?? '',
    output: texts.join('\n'),
  };
  if (timedOut) throw new Error(`${program} ${words.join(' ')} hung: ${result.output}`);
  return result;
}

/** Runs a program and returns its standard output; throws with everything it said unless it exits with 0. */
export async function runClient(
  program: string,
  words: readonly string[],
  options: ClientOptions = {},
): Promise<string> {
  const result = await tryClient(program, words, options);
  if (result.code !== 0) {
    throw new Error(`${program} ${words.join(' ')} ended with ${result.code}: ${result.output}`);
  }
  return result.stdout;
}
