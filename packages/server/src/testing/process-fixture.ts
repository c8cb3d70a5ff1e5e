import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { callHttp, type HttpAnswer } from './push-http.ts';
import type { ServerProcess } from './server-process.ts';

/** Process ids of the children of a server, from Linux. */
export function childrenOf(server: Pick<ServerProcess, 'pid'>): number[] {
  const text = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** One connection that stays open, so that one process answers everything that goes over it. */
export interface Connection {
  call(method: string, path: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>;
  close(): void;
}

export function openConnection(server: Pick<ServerProcess, 'url'>): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    call: (method, path, headers = {}) => callHttp(`${server.url}${path}`, { method, headers, agent }),
    close: () => agent.destroy(),
  };
}

/** Sum of a metric over the lines that contain every one of `labels`; 0 when there is none. */
export async function readMetric(
  server: Pick<ServerProcess, 'metricsUrl'>,
  name: string,
  ...labels: readonly string[]
): Promise<number> {
  const text = await (await fetch(server.metricsUrl)).text();
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
    .filter((line) => labels.every((label) => line.includes(label)));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
