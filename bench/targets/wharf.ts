import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@wharf/server/src/testing/free-port.ts';
import {
  fetchRegistryToken,
  initializeServer,
  startServer,
} from '@wharf/server/src/testing/server-process.ts';
import { firstAnswer } from '#/process/first-answer.ts';
import type { Target, TargetKind } from '#/targets/target.ts';

const credentials = { username: 'admin', password: 'password1' };

/** Only what the cases need: the catalogue is asked for 100 names, more than one page would hold by default. */
const configuration = { V2_PAGINATION_SIZE: 100 };

/** This repository's server with SQLite and local storage, asked with bearer tokens that are fetched before the measured part. */
export function wharf(nodeArguments: readonly string[]): TargetKind {
  return {
    name: 'Wharf',
    role: 'wharf',
    async start(): Promise<Target> {
      const server = await startServer({ configuration, nodeArguments });
      await initializeServer(server, credentials);
      const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
      const scope = `repository:${credentials.username}/bench:pull`;
      const query = new URLSearchParams({ service: server.host, scope });
      return {
        name: 'Wharf',
        role: 'wharf',
        url: new URL(server.url),
        pid: server.pid,
        namespace: `${credentials.username}/`,
        logIn: { path: `/v2/auth?${query}`, headers: `Authorization: Basic ${basic}\r\n` },
        async authorize(...scopes) {
          const token = await fetchRegistryToken(server, credentials, ...scopes);
          return `Authorization: Bearer ${token}\r\n`;
        },
        async dispose() {
          // An orderly end: only then does Node write a profile.
          await server.stop();
          await server.dispose();
        },
      };
    },
    async measureStart(times) {
      const dataDirectory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
      const results: number[] = [];
      try {
        // The first start makes the database and the compile cache, so that all others are warm.
        for (let index = 0; index <= times; index += 1) {
          const port = await freePort();
          const startedAt = performance.now();
          const starting = startServer({ dataDirectory, port, configuration, nodeArguments });
          const answeredAt = await Promise.race([
            firstAnswer(`http://127.0.0.1:${port}/v2/`),
            starting.then(() => firstAnswer(`http://127.0.0.1:${port}/v2/`)),
          ]);
          if (index > 0) results.push(answeredAt - startedAt);
          await (await starting).stop();
        }
      } finally {
        await rm(dataDirectory, { recursive: true, force: true });
      }
      return results;
    },
  };
}
