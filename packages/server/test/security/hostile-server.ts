import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import {
  createRepository,
  fetchRegistryToken,
  initializeServer,
  type ServerProcess,
  startServer,
} from '#/testing/server-process.ts';
import { type RawAnswer, sendRaw } from './raw-http.ts';

const credentials = { username: 'admin', password: 'keep-this-secret' };
export const repository = 'admin/app';

/** The process may grow by caches and code that warms up, not with the size or number of requests. */
const mostGrowthBytes = 160 * 1024 ** 2;
/** Generous, for busy machines; slow-patterns.test.ts is stricter. */
const slowestMs = 5000;

export interface HostileServer {
  readonly server: ServerProcess;
  /** Registry token to push and pull. */
  readonly token: string;
  /** Header lines of a request with the right Host and token. */
  readonly headers: string;
  /** One request, which closes the connection after its answer: `GET /v2/`, header lines, body. */
  request(line: string, headers?: readonly string[], body?: string | Buffer): Promise<RawAnswer>;
  /** The same without a token. */
  anonymous(line: string, headers?: readonly string[], body?: string | Buffer): Promise<RawAnswer>;
  /** That nothing was stored or leaked since the start or the last call, and that the process lives in the memory it had. */
  checkUnharmed(): Promise<void>;
}

/** A server with a user and an empty repository, stopped at the end of the file. */
export async function openHostileServer(
  configuration: Readonly<Record<string, unknown>> = {},
): Promise<HostileServer> {
  const server = await startServer({ configuration, env: { WHARF_ACCESS_LOG: 'false' } });
  after(() => server.dispose());
  const initial = await initializeServer(server, credentials);
  const [namespace = '', name = ''] = repository.split('/');
  await createRepository(server, namespace, name, credentials);
  const hostname = configuration.SERVER_HOSTNAME;
  const audience = typeof hostname === 'string' ? hostname : server.host;
  const scope = `repository:${repository}:pull,push`;
  const token = await fetchRegistryToken({ url: server.url, host: audience }, credentials, scope);
  const secrets = [credentials.password, initial.access_token, initial.encrypted_password, token];
  const stored = await listStored(server);
  const rssBytes = await readRss(server);
  const headers = `Host: ${server.host}\r\nAuthorization: Bearer ${token}\r\n`;

  async function send(line: string, head: string, lines: readonly string[], body: string | Buffer) {
    const extra = ['Connection: close', ...lines].map((text) => `${text}\r\n`).join('');
    const answer = await sendRaw(
      server.port,
      Buffer.concat([Buffer.from(`${line} HTTP/1.1\r\n${head}${extra}\r\n`), Buffer.from(body)]),
    );
    assertHarmless(line.slice(0, 100), answer, secrets);
    return answer;
  }

  return {
    server,
    token,
    headers,
    request: (line, lines = [], body = '') => send(line, headers, lines, body),
    anonymous: (line, lines = [], body = '') => send(line, `Host: ${server.host}\r\n`, lines, body),
    async checkUnharmed() {
      const alive = await fetch(`${server.url}/v2/`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(alive.status, 200, 'the server lives');
      assert.deepEqual(await listStored(server), stored, 'nothing was stored');
      const log = server.output();
      for (const secret of secrets) assert.ok(!log.includes(secret), 'a secret is in the log');
      const failures = log
        .split('\n')
        .filter((line) => /"level":[56]0/.test(line) || line.includes('    at '));
      assert.deepEqual(failures, [], 'no failure of the server itself');
      const grownBytes = (await readRss(server)) - rssBytes;
      assert.ok(grownBytes < mostGrowthBytes, `memory grew by ${grownBytes} bytes`);
    },
  };
}

/** What no answer may be: a failure, slow, or telling of secrets and code. */
function assertHarmless(what: string, answer: RawAnswer, secrets: readonly string[]): void {
  assert.ok(!answer.statuses.some((status) => status >= 500), `${what}: ${answer.text.slice(0, 300)}`);
  assert.ok(answer.tookMs < slowestMs, `${what} took ${answer.tookMs} ms`);
  assert.doesNotMatch(answer.text, / {4}at |node_modules|\/src\/|FST_ERR/, what);
  for (const secret of secrets) assert.ok(!answer.text.includes(secret), `${what}: a secret`);
}

/** Every file of the store and every live tag and repository. */
async function listStored(server: ServerProcess): Promise<unknown> {
  const files = await readdir(join(server.dataDirectory, 'storage'), {
    recursive: true,
    withFileTypes: true,
  });
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  const ask = async (path: string, scope: string): Promise<unknown> => {
    const query = new URLSearchParams({ service: server.host, scope });
    const login = await fetch(`${server.url}/v2/auth?${query}`, {
      headers: { authorization: `Basic ${basic}` },
    });
    const { token } = (await login.json()) as { token: string };
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return answer.json();
  };
  return {
    files: files.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
    tags: await ask(`/v2/${repository}/tags/list`, `repository:${repository}:pull`),
    catalog: await ask('/v2/_catalog', `repository:${repository}:pull`),
  };
}

async function readRss({ pid }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+([0-9]+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
