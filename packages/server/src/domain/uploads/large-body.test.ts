import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseDigest } from '@wharf/oci';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import { findBlob } from '#/domain/blobs/index.ts';
import { appendChunk, commitUpload, startUpload, uploadBlob } from '#/domain/uploads/index.ts';
import { createStorage } from '#/storage/create-storage.ts';
import { createLocalDriver } from '#/storage/drivers/local.ts';
import { bytesOf } from '#/testing/bytes.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { createTestServices } from '#/testing/services.ts';

const pieceBytes = 64 * 1024;
const pieces = 3200;
const template = bytesOf(pieceBytes);

/** 200 MiB in new buffers, as a socket gives them; `sample` is called between pieces. */
async function* largeBody(sample: () => void): AsyncGenerator<Buffer> {
  for (let index = 0; index < pieces; index += 1) {
    const piece = Buffer.from(template);
    piece.writeUInt32BE(index);
    if (index % 100 === 0) sample();
    yield piece;
  }
}

test('the memory that an upload takes does not grow with its size', async () => {
  const directory = scratchDirectory();
  const database = await openDatabase({ uri: `sqlite:///${directory}/wharf.db` });
  await migrate(database);
  const driver = createLocalDriver({ storagePath: `${directory}/store` });
  const services = createTestServices({ database, storage: createStorage([{ name: 'local', driver }]) });
  const repositoryId = await insertTestRepository(database);
  const hash = createHash('sha256');
  for await (const piece of largeBody(() => undefined)) hash.update(piece);
  const digest = parseDigest(`sha256:${hash.digest('hex')}`);

  const startBytes = process.memoryUsage().rss;
  let mostBytes = 0;
  const sample = (): void => {
    mostBytes = Math.max(mostBytes, process.memoryUsage().rss - startBytes);
  };
  await uploadBlob(services, { repositoryId, digest, body: largeBody(sample) });
  const key = { repositoryId, uuid: (await startUpload(services, { repositoryId })).uuid };
  await appendChunk(services, { ...key, body: largeBody(sample) });
  await commitUpload(services, { ...key, digest });

  const blob = await findBlob(database.read, repositoryId, digest);
  assert.equal(blob?.sizeBytes, pieces * pieceBytes);
  await database.close();
  assert.ok(mostBytes < 100 * 1024 * 1024, `${mostBytes} bytes more than before`);
});
