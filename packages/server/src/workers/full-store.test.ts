import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseDigest } from '@wharf/oci';
import { requestLogExport } from '#/domain/log-export/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { createStorage } from '#/storage/create-storage.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import { createLocalDriver } from '#/storage/drivers/local.ts';
import { createS3Driver } from '#/storage/drivers/s3/create-s3-driver.ts';
import { blobPath } from '#/storage/paths.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { mountSmallDisk } from '#/testing/push-small-disk.ts';
import { createTestServices } from '#/testing/services.ts';
import { blobDeletion, logExport, logRotation } from '#/workers/index.ts';

const dayMs = 24 * 3600 * 1000;
const count = 40;

/** A store that can be filled up. */
interface FillableStore {
  readonly driver: StorageDriver;
  setFull(full: boolean): void;
}

interface Kind {
  readonly name: string;
  readonly skip: string | false;
  open(): Promise<FillableStore>;
}

const disk = mountSmallDisk(16 * 1024 * 1024);
const missingDisk = disk === undefined ? 'needs root and mount' : false;
if (missingDisk !== false) process.stderr.write(`SKIPPED: a full disk ${missingDisk}\n`);
const closing: (() => void)[] = [];
after(() => {
  for (const close of closing) close();
  disk?.dispose();
});

const kinds: readonly Kind[] = [
  {
    name: 'disk',
    skip: missingDisk,
    open: async () => ({
      driver: createLocalDriver({ storagePath: join(disk?.path ?? '', randomUUID()) }),
      setFull: (full) => (full ? disk?.fill(0) : disk?.free()),
    }),
  },
  { name: 'bucket', skip: false, open: openBucket },
];

/** A bucket in memory that refuses what is new while its quota is used up, as Ceph does. */
async function openBucket(): Promise<FillableStore> {
  const objects = new Map<string, Buffer>();
  let isFull = false;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const key = new URL(request.url ?? '', 'http://bucket').pathname;
    const found = objects.get(key);
    if (request.method === 'PUT' && isFull) {
      response.writeHead(403).end('<Error><Code>QuotaExceeded</Code><Message>no</Message></Error>');
    } else if (request.method === 'PUT') {
      objects.set(key, Buffer.concat(chunks));
      response.writeHead(200, { etag: '"tag"' }).end();
    } else if (request.method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else if (key.replace(/\/$/, '') === '/bucket') {
      response.writeHead(200).end();
    } else if (found === undefined) {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    } else {
      response.writeHead(200, { 'content-length': found.length, etag: '"tag"' });
      response.end(request.method === 'HEAD' ? undefined : found);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const driver = createS3Driver({
    bucket: 'bucket',
    storagePath: 'store',
    credentials: { accessKeyId: 'key-of-the-test', secretAccessKey: 'secret-of-the-test' },
    region: 'us-east-1',
    endpointUrl: `http://127.0.0.1:${address.port}`,
    minimumPartBytes: 5 * 1024 * 1024,
    maximumCopyBytes: 100 * 1024 * 1024,
    serverSideAssembly: true,
    serverSideEncryption: 'none',
  });
  closing.push(() => {
    void driver.close();
    server.closeAllConnections();
    server.close();
  });
  return { driver, setFull: (full) => (isFull = full) };
}

for (const kind of kinds) {
  describe(`a full ${kind.name}`, { skip: kind.skip }, () => {
    eachDatabase('and the workers that use it', (open) => {
      async function setUp() {
        const clock = manualClock(Date.UTC(2026, 0, 10, 12));
        const { driver, setFull } = await kind.open();
        const told: unknown[] = [];
        const services = createTestServices({
          database: await open(),
          clock,
          storage: createStorage([{ name: `full-${randomUUID()}`, driver }]),
          mailer: { send: async ({ text }) => void told.push(text) },
        });
        const rows = Array.from({ length: count }, () => ({
          uuid: randomUUID(),
          kind: 'pull_repo',
          account_id: null,
          performer_id: null,
          repository_id: null,
          created_ms: clock.nowMs() - 3 * dayMs,
          ip: null,
          // So that the object does not fit into what a file system keeps beside its blocks.
          metadata_json: JSON.stringify({ note: randomBytes(500).toString('hex') }),
        }));
        await services.database.transaction((db) => db.insertInto('action_logs').values(rows).execute());
        const left = async (): Promise<number> =>
          (await services.database.read.selectFrom('action_logs').select('id').execute()).length;
        return { services, clock, driver, setFull, told, left, metrics: createMetrics() };
      }
      const { signal } = new AbortController();

      test('rotation deletes nothing that is not stored, and goes on when there is room', async () => {
        const { services, driver, setFull, left, metrics } = await setUp();
        const archived: string[] = [];
        const watched: StorageDriver = {
          ...driver,
          async put(path, source) {
            const result = await driver.put(path, source);
            archived.push(path);
            return result;
          },
        };
        const storage = createStorage([{ name: services.storage.preferred.name, driver: watched }]);
        const rotation = logRotation({
          location: undefined,
          folder: 'archives',
          ageSeconds: 24 * 3600,
          metrics: metrics.logs,
        });
        setFull(true);
        try {
          await assert.rejects(rotation.run({ ...services, storage }, signal), { kind: 'full' });
        } finally {
          setFull(false);
        }
        assert.deepEqual([await left(), archived], [count, []]);
        await rotation.run({ ...services, storage }, signal);
        assert.equal(await left(), 0);
        const [path = ''] = archived;
        const bytes: Buffer[] = [];
        for await (const chunk of await driver.read(path)) bytes.push(chunk);
        const entries: unknown[] = JSON.parse(gunzipSync(Buffer.concat(bytes)).toString('utf8'));
        assert.deepEqual([archived.length, entries.length], [1, count]);
      });

      test('an export waits for another try, tells nobody that it failed, and is made when there is room', async () => {
        const { services, clock, setFull, told, metrics } = await setUp();
        await requestLogExport(services, {
          namespace: { id: 1, name: 'acme' },
          fromMs: clock.nowMs() - 9 * dayMs,
          untilMs: clock.nowMs() + dayMs,
          callbackUrl: undefined,
          callbackEmail: 'a@b.c',
          performer: { accountId: null, ip: null, metadata: {} },
          baseUrl: 'https://registry.example',
        });
        const worker = logExport({ metrics: metrics.logs });
        setFull(true);
        try {
          await worker.run(services, signal);
        } finally {
          setFull(false);
        }
        assert.deepEqual(told, []);
        clock.advanceMs(10 * 60_000);
        await worker.run(services, signal);
        assert.match(String(told), /is ready/);
      });

      test('objects of dead blobs are removed from it', async () => {
        const { services, clock, driver, setFull } = await setUp();
        const bytes = randomBytes(100_000);
        const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
        const path = blobPath(digest);
        await driver.put(path, bytes);
        await services.database.transaction(async (db) => {
          await db
            .insertInto('storage_locations')
            .values({ name: services.storage.preferred.name })
            .execute();
          const { id } = await db
            .selectFrom('storage_locations')
            .select('id')
            .where('name', '=', services.storage.preferred.name)
            .executeTakeFirstOrThrow();
          await db
            .insertInto('blob_deletions')
            .values({
              digest,
              location_id: id,
              path,
              state: 'pending',
              owner: null,
              lease_expires_ms: null,
              created_ms: clock.nowMs() - dayMs,
            })
            .execute();
        });
        setFull(true);
        try {
          await blobDeletion().run(services, signal);
          assert.equal(await driver.stat(path), undefined);
          assert.deepEqual(
            await services.database.read.selectFrom('blob_deletions').select('id').execute(),
            [],
          );
        } finally {
          setFull(false);
        }
      });
    });
  });
}
