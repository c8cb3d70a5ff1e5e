import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import {
  appendChunk,
  cleanUploads,
  commitUpload,
  getUpload,
  observeUploads,
  startUpload,
  uploadBlob,
} from '#/domain/uploads/index.ts';
import { assertBlob, assertNoBlob, type BlobFixture, createBlobFixture } from '#/testing/blob-fixture.ts';
import { bodyOf, bytesOf, digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createGate } from '#/testing/gates.ts';
import { checkInvariants } from '#/testing/invariants.ts';
import { eachStore } from '#/testing/stores.ts';

const dayMs = 24 * 3600 * 1000;
const blob = bytesOf(300_000, 77);
const digest = digestOf(blob);
const part = (start: number, end: number): AsyncIterable<Buffer> => bodyOf(blob.subarray(start, end));

/** Runs `work` and tells how many bytes had to be read back for digests. */
async function countReread(work: () => Promise<unknown>): Promise<number> {
  let bytes = 0;
  const end = observeUploads({
    reread: (more) => {
      bytes += more;
    },
  });
  await work();
  end();
  return bytes;
}

async function open(
  { repositoryId }: BlobFixture,
  services: Services,
): Promise<{ repositoryId: number; uuid: string }> {
  return { repositoryId, uuid: (await startUpload(services, { repositoryId })).uuid };
}

/** Counts the transactions of each durability that a run commits. */
function countCommits(counts: { durable: number; relaxed: number }) {
  return (database: Database): Database => ({
    dialect: database.dialect,
    read: database.read,
    listing: database.listing,
    epoch: () => database.epoch(),
    close: () => database.close(),
    async transaction(work, options) {
      const value = await database.transaction(work, options);
      counts[options?.durability ?? 'durable'] += 1;
      return value;
    },
  });
}

const cases: readonly { readonly name: string; run(fixture: BlobFixture): Promise<void> }[] = [
  {
    name: 'a PUT without body on another node, or after a restart, reads nothing back',
    async run(fixture) {
      const key = await open(fixture, fixture.services);
      await appendChunk(fixture.services, { ...key, body: part(0, 300_000) });
      assert.equal(await countReread(() => commitUpload(fixture.restart(), { ...key, digest })), 0);
      await assertBlob(fixture.services, fixture.repositoryId, digest, blob);
    },
  },
  {
    name: 'an upload that moves from node to node is read back once',
    async run(fixture) {
      const key = await open(fixture, fixture.services);
      await appendChunk(fixture.services, { ...key, body: part(0, 50_000) });
      const reread = await countReread(async () => {
        for (let start = 50_000; start < 250_000; start += 50_000) {
          await appendChunk(fixture.restart(), { ...key, body: part(start, start + 50_000) });
        }
        await commitUpload(fixture.restart(), { ...key, digest, body: part(250_000, 300_000) });
      });
      assert.equal(reread, 50_000);
      await assertBlob(fixture.services, fixture.repositoryId, digest, blob);
    },
  },
  {
    name: 'chunks on one node are never read back',
    async run(fixture) {
      const { services } = fixture;
      const reread = await countReread(async () => {
        const key = await open(fixture, services);
        for (let start = 0; start < 300_000; start += 20_000) {
          await appendChunk(services, { ...key, body: part(start, start + 20_000) });
        }
        await commitUpload(services, { ...key, digest });
      });
      assert.equal(reread, 0);
    },
  },
  {
    name: 'a refused chunk does not cost a read later',
    async run(fixture) {
      const { services } = fixture;
      const key = await open(fixture, services);
      await appendChunk(services, { ...key, body: part(0, 100_000) });
      const wrong = { ...key, range: { start: 100_000, end: 100_009 } };
      await assert.rejects(appendChunk(services, { ...wrong, body: part(0, 20) }), { code: 'size_invalid' });
      const reread = await countReread(async () => {
        await appendChunk(services, { ...key, body: part(100_000, 300_000) });
        await commitUpload(services, { ...key, digest });
      });
      assert.equal(reread, 0);
    },
  },
  {
    name: 'a digest of another algorithm at PUT costs one read',
    async run(fixture) {
      const { services } = fixture;
      const key = await open(fixture, services);
      await appendChunk(services, { ...key, body: part(0, 300_000) });
      const sha512 = digestOf(blob, 'sha512');
      assert.equal(await countReread(() => commitUpload(services, { ...key, digest: sha512 })), 300_000);
      await assertBlob(services, fixture.repositoryId, sha512, blob);
      await assertNoBlob(services, fixture.repositoryId, digest);
    },
  },
  {
    name: 'two writers of one upload: the second is refused, the first goes on',
    async run(fixture) {
      const key = await open(fixture, fixture.services);
      const gate = createGate();
      const slow = async function* (): AsyncGenerator<Buffer> {
        yield blob.subarray(0, 100_000);
        await gate.pass();
        yield blob.subarray(100_000, 200_000);
      };
      const first = appendChunk(fixture.services, { ...key, body: slow() });
      await gate.arrived;
      for (const services of [fixture.services, fixture.restart()]) {
        const busy = { code: 'upload_busy' };
        await assert.rejects(appendChunk(services, { ...key, body: part(0, 10) }), busy);
        await assert.rejects(commitUpload(services, { ...key, digest }), busy);
        assert.equal((await getUpload(services, key)).sizeBytes, 0);
      }
      // A slow client keeps its upload for as long as nobody else comes.
      fixture.clock.advanceMs(60_000);
      gate.open();
      assert.equal((await first).sizeBytes, 200_000);
      await commitUpload(fixture.services, { ...key, digest, body: part(200_000, 300_000) });
      await assertBlob(fixture.services, fixture.repositoryId, digest, blob);
    },
  },
  ...[0, 50_000].map((offset) => ({
    name: `a writer that was stuck at ${offset} cannot spoil the upload of the one that took over`,
    async run(fixture: BlobFixture) {
      const key = await open(fixture, fixture.services);
      if (offset > 0) await appendChunk(fixture.services, { ...key, body: part(0, offset) });
      const gate = createGate();
      const stuck = async function* (): AsyncGenerator<Buffer> {
        yield bytesOf(1000, 3);
        await gate.pass();
        yield bytesOf(100_000, 4);
      };
      const lost = appendChunk(fixture.services, { ...key, body: stuck() });
      await gate.arrived;
      fixture.clock.advanceMs(40_000);
      const other = fixture.restart();
      await appendChunk(other, { ...key, body: part(offset, 200_000) });
      gate.open();
      await assert.rejects(lost, { code: 'upload_busy' });
      await commitUpload(other, { ...key, digest, body: part(200_000, 300_000) });
      await assertBlob(other, fixture.repositoryId, digest, blob);
      assert.deepEqual((await fixture.store.listStored()).uploads, []);
    },
  })),
  {
    name: 'an upload is ended two days after its last chunk, with its bytes and all leftovers',
    async run(fixture) {
      const { services, clock, store } = fixture;
      const old = await open(fixture, services);
      await appendChunk(services, { ...old, body: part(0, 100_000) });
      const { driver } = services.storage.preferred;
      await driver.append('left-by-a-crash', await driver.startUpload('left-by-a-crash'), 0, part(0, 10));
      clock.advanceMs(1.5 * dayMs);
      const young = await open(fixture, services);
      await appendChunk(services, { ...young, body: part(0, 100_000) });
      assert.equal((await cleanUploads(services)).uploads, 0);
      await getUpload(services, old);
      clock.advanceMs(dayMs);
      await cleanUploads(services);
      await assert.rejects(getUpload(services, old), { code: 'blob_upload_unknown' });
      assert.deepEqual((await store.listStored()).uploads, [young.uuid]);
      await commitUpload(services, { ...young, digest, body: part(100_000, 300_000) });
    },
  },
  {
    name: 'a whole blob costs two durable commits',
    async run(fixture) {
      const counts = { durable: 0, relaxed: 0 };
      const services = fixture.restart({ database: countCommits(counts) });
      const first = bytesOf(1000, 78);
      await uploadBlob(services, {
        repositoryId: fixture.repositoryId,
        digest: digestOf(first),
        body: bodyOf(first),
      });
      // The first use of a location makes its row.
      counts.durable = 0;
      await uploadBlob(services, { repositoryId: fixture.repositoryId, digest, body: bodyOf(blob) });
      assert.deepEqual(counts, { durable: 2, relaxed: 0 });
      await uploadBlob(services, { repositoryId: fixture.repositoryId, digest, body: bodyOf(blob) });
      assert.deepEqual(counts, { durable: 3, relaxed: 0 }, 'one when it is there already');
      const other = bytesOf(1000, 79);
      const key = await open(fixture, services);
      await commitUpload(services, { ...key, digest: digestOf(other), body: bodyOf(other) });
      assert.deepEqual(counts, { durable: 5, relaxed: 2 }, 'POST and its lock may be forgotten');
    },
  },
];

eachDatabase('upload sessions', (openDatabase) => {
  eachStore('store', (openStore) => {
    for (const { name, run } of cases) {
      test(name, async () => {
        const fixture = await createBlobFixture(await openDatabase(), openStore);
        await run(fixture);
        await checkInvariants(fixture.services, fixture.store.listStored);
      });
    }
  });
});
