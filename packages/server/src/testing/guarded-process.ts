import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface GuardedProcess {
  /** Whether it has ended; `output` then tells why. */
  hasEnded(): boolean;
  output(): string;
  stop(): Promise<void>;
}

export interface GuardedOptions {
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly signal: 'QUIT' | 'TERM' | 'INT';
  readonly environment?: Readonly<Record<string, string>>;
  /** Removed when the server has to end because this process did. */
  readonly remove?: string;
}

/**
 * The shell ends the server when told to by a line, and also when its input closes, which happens whenever this process ends,
 * even by SIGKILL; then it removes the files too. A server that ends by itself ends the shell as well.
 */
const guard = `
signal=$1; remove=$2; shift 2
"$@" 0</dev/null 3<&- & server=$!
{ read word; told=$?; kill -$signal $server 2>/dev/null; exit $told; } <&3 & reader=$!
wait $server
kill $reader 2>/dev/null
wait $reader
[ $? -ne 1 ] || [ -z "$remove" ] || rm -rf "$remove"
`;

/** Starts a server that never outlives this process and does not keep it alive. */
export function startGuarded(
  command: string,
  args: readonly string[],
  options: GuardedOptions,
): GuardedProcess {
  const child = spawn('sh', ['-c', guard, 'guard', options.signal, options.remove ?? '', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
    detached: true,
    cwd: '/',
    ...options.user,
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    letGo(stream);
  }
  letGo(child.stdio[3]);
  child.unref();
  return {
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    output: () => chunks.join('').slice(-4000),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const ended = once(child, 'exit');
  const lifeline = child.stdio[3];
  if (lifeline !== null && lifeline !== undefined && 'write' in lifeline) lifeline.write('stop\n');
  await ended;
}

function letGo(stream: unknown): void {
  if (
    typeof stream === 'object' &&
    stream !== null &&
    'unref' in stream &&
    typeof stream.unref === 'function'
  ) {
    stream.unref();
  }
}
