import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { Client } from 'pg';
import { startPostgresql } from '#/testing/postgresql.ts';
import { createPushClient, RefusedError } from '#/testing/push-client.ts';
import { makePushBlob, makePushImage } from '#/testing/push-image.ts';
import { mountSmallDisk } from '#/testing/push-small-disk.ts';
import { createPostgresqlDatabase } from '#/testing/server-databases.ts';
import { initializeServer, startServer } from '#/testing/server-process.ts';
import { checkSection } from './page.ts';

/** Of all databases of the server, as a replica does. */
async function forbidWrites(serverUri: string): Promise<void> {
  const direct = new Client({ connectionString: serverUri, ssl: false });
  await direct.connect();
  await direct.query('alter system set default_transaction_read_only = on');
  await direct.query('select pg_reload_conf()');
  await direct.end();
}

const disk = mountSmallDisk(16 * 1024 * 1024);

describe('stores', { skip: disk === undefined ? 'needs root and mount' : false }, () => {
  const root = disk?.path ?? '';
  after(() => disk?.dispose());

  /** What a push is told by a server with these keys, after `spoil`. */
  async function push(
    keys: Readonly<Record<string, unknown>>,
    spoil: (dataDirectory: string) => Promise<void>,
  ): Promise<string> {
    const server = await startServer({ configuration: keys });
    const client = createPushClient({ server, repository: 'admin/app' });
    try {
      await initializeServer(server);
      await client.token();
      await spoil(server.dataDirectory);
      const image = makePushImage([makePushBlob(Buffer.alloc(2_000_000, 7))], 'app');
      await client.pushImage(image, 'v1', 'docker');
      return 'pushed';
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      return JSON.parse(String(error.answer.body)).errors[0].message;
    } finally {
      disk?.free();
      client.close();
      await server.dispose();
    }
  }

  const storage = (path: string) => ({
    DISTRIBUTED_STORAGE_CONFIG: { default: ['LocalStorage', { storage_path: path }] },
  });

  checkSection('Pushing fails', {
    'The registry has no space left for this upload.': () =>
      push(storage(join(root, 'full')), async () => disk?.fill(0)),
    'A blob may have at most … bytes (MAXIMUM_LAYER_SIZE).': () =>
      push({ MAXIMUM_LAYER_SIZE: '1M' }, async () => undefined),
    'The storage cannot be reached at present. Try again.': () =>
      push(storage(join(root, 'gone')), async () => {
        await rm(join(root, 'gone'), { recursive: true });
        await writeFile(join(root, 'gone'), 'no folder');
      }),
    'The database takes no writes at present; pulls go on. Try again later.': async () => {
      const postgresql = await startPostgresql();
      try {
        const { uri } = await createPostgresqlDatabase(postgresql.uri, 'empty');
        return await push({ DB_URI: uri }, () => forbidWrites(postgresql.uri));
      } finally {
        await postgresql.stop();
      }
    },
  });
});
