import { spawnSync } from 'node:child_process';
import { waitUntilReady } from './database-server.ts';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { startGuarded } from './guarded-process.ts';
import { scratchDirectory } from './scratch-directory.ts';

/** A real Prometheus; it ends with this process at the latest. */
export interface PrometheusServer {
  /** The samples of an instant query; throws when Prometheus refuses the expression. */
  query(expression: string): Promise<readonly PrometheusSample[]>;
  stop(): Promise<void>;
}

export interface PrometheusSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Needs the program prometheus. `configurationFile`: its own configuration, which may name files beside it. */
export async function startPrometheus(configurationFile: string): Promise<PrometheusServer> {
  const program = findProgram('prometheus');
  if (program === undefined) throw new Error('prometheus is not installed');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = startGuarded(
    program,
    [
      `--config.file=${configurationFile}`,
      `--storage.tsdb.path=${scratchDirectory()}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { signal: 'TERM' },
  );
  await waitUntilReady(running, async () => {
    const answer = await fetch(`${url}/-/ready`);
    if (!answer.ok) throw new Error(`not ready: ${answer.status}`);
  });
  return {
    async query(expression) {
      const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const body = (await answer.json()) as QueryAnswer;
      if (body.status !== 'success') throw new Error(`${expression}: ${body.error}`);
      return body.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    stop: () => running.stop(),
  };
}

type QueryAnswer =
  | { readonly status: 'error'; readonly error: string }
  | {
      readonly status: 'success';
      readonly data: {
        readonly result: readonly {
          readonly metric: Readonly<Record<string, string>>;
          readonly value: readonly [number, string];
        }[];
      };
    };

/** Runs promtool in a directory; its output, or an error with it when it found something. */
export function promtool(directory: string, ...words: readonly string[]): string {
  const { status, text } = runPromtool(words, { cwd: directory });
  if (status !== 0) throw new Error(`promtool ${words.join(' ')}: ${text}`);
  return text;
}

/** What promtool has to say about the text of a scrape, a line each. */
export function promtoolMetrics(input: string): string {
  return runPromtool(['check', 'metrics'], { input }).text;
}

function runPromtool(
  words: readonly string[],
  options: { readonly cwd?: string; readonly input?: string },
): { readonly status: number | null; readonly text: string } {
  const program = findProgram('promtool');
  if (program === undefined) throw new Error('promtool is not installed');
  const { status, stdout, stderr } = spawnSync(program, words, { ...options, encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}
