/** The servers that several suites share, each started once per run unless the environment names one that already runs. */
import { startCeph } from '../packages/server/src/testing/ceph.ts';
import { startMariadb } from '../packages/server/src/testing/mariadb.ts';
import { startPostgresql } from '../packages/server/src/testing/postgresql.ts';

interface Started {
  stop(): Promise<void>;
}

/** Suites that use no server at all, and those that use an object store. */
const withoutServers: readonly string[] = ['oci', 'platform', 'http', 'config', 'bench'];
const withObjectStore: readonly string[] = ['storage', 'test/storage'];

/**
 * Starts what the suites want and the environment does not name yet, and names it there; what cannot start is said aloud and
 * left out.
 */
export async function startServices(suites: readonly string[]): Promise<Started> {
  const started: Started[] = [];
  const wantsDatabases = suites.some((suite) => !withoutServers.includes(suite));
  const wantsObjectStore = suites.some((suite) => withObjectStore.includes(suite));
  await Promise.all([
    attempt(wantsDatabases, 'PostgreSQL', 'WHARF_TEST_POSTGRESQL_URI', async () => {
      const server = await startPostgresql();
      started.push(server);
      process.env.WHARF_TEST_POSTGRESQL_URI = server.uri;
    }),
    attempt(wantsDatabases, 'MariaDB', 'WHARF_TEST_MARIADB_URI', async () => {
      const server = await startMariadb();
      started.push(server);
      process.env.WHARF_TEST_MARIADB_URI = server.uri;
    }),
    attempt(wantsObjectStore, 'Ceph S3', 'WHARF_TEST_S3_ENDPOINT', async () => {
      const server = await startCeph();
      started.push(server);
      Object.assign(process.env, {
        WHARF_TEST_S3_ENDPOINT: server.endpointUrl,
        WHARF_TEST_S3_ACCESS_KEY: server.accessKey,
        WHARF_TEST_S3_SECRET_KEY: server.secretKey,
        WHARF_TEST_S3_BUCKET: server.bucket,
      });
    }),
  ]);
  return {
    async stop() {
      await Promise.all(started.map((server) => server.stop()));
    },
  };
}

async function attempt(
  wanted: boolean,
  name: string,
  variable: string,
  start: () => Promise<void>,
): Promise<void> {
  if (!wanted || process.env[variable] !== undefined) return;
  const startedAt = performance.now();
  try {
    await start();
    console.log(`${name} is up (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  } catch (error) {
    console.log(
      `${name} is not available, its tests will be skipped: ${error instanceof Error ? error.message : error}`,
    );
  }
}
