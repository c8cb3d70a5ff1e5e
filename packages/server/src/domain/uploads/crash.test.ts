import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expireBlobLinks, mountBlob, runBlobDeletions } from '#/domain/blobs/index.ts';
import type { Services } from '#/domain/services.ts';
import { appendChunk, cleanUploads, commitUpload, startUpload, uploadBlob } from '#/domain/uploads/index.ts';
import { assertBlob, type BlobFixture, createBlobFixture } from '#/testing/blob-fixture.ts';
import { bodyOf, bytesOf, digestOf } from '#/testing/bytes.ts';
import { crashAt } from '#/testing/crash-points.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { checkInvariants } from '#/testing/invariants.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { eachStore } from '#/testing/stores.ts';

const dayMs = 24 * 3600 * 1000;
let seed = 0;

/** A blob that no other run has. */
function newBlob(): Buffer {
  seed += 1;
  return bytesOf(100_000 + seed, seed);
}

interface Scenario {
  readonly name: string;
  /** What happened before, without crashes. */
  prepare?(fixture: BlobFixture, blob: Buffer): Promise<void>;
  /** What the process does that may die; afterwards the blob is acknowledged where `acknowledges` says so. */
  run(services: Services, fixture: BlobFixture, blob: Buffer): Promise<void>;
  readonly acknowledges: boolean;
}

async function pushWhole(
  { services, repositoryId }: { services: Services; repositoryId: number },
  blob: Buffer,
) {
  await uploadBlob(services, { repositoryId, digest: digestOf(blob), body: bodyOf(blob) });
}

/** Time passes until every link, lease and session has run out, and the workers do their work. */
async function collect(services: Services, clock: BlobFixture['clock']): Promise<void> {
  clock.advanceMs(3 * dayMs);
  await cleanUploads(services);
  await expireBlobLinks(services);
  await runBlobDeletions(services);
}

/** A blob whose links ran out and whose object waits for the deleter. */
async function scheduleRemoval(fixture: BlobFixture, blob: Buffer): Promise<void> {
  await pushWhole(fixture, blob);
  fixture.clock.advanceMs(dayMs);
  assert.equal((await expireBlobLinks(fixture.services)).unused, 1);
}

async function pushInChunks(services: Services, { repositoryId }: BlobFixture, blob: Buffer): Promise<void> {
  const key = { repositoryId, uuid: (await startUpload(services, { repositoryId })).uuid };
  await appendChunk(services, { ...key, body: bodyOf(blob.subarray(0, 50_000)) });
  await appendChunk(services, { ...key, body: bodyOf(blob.subarray(50_000)) });
  await commitUpload(services, { ...key, digest: digestOf(blob) });
}

const scenarios: readonly Scenario[] = [
  {
    name: 'POST with body',
    acknowledges: true,
    run: (services, { repositoryId }, blob) => pushWhole({ services, repositoryId }, blob),
  },
  { name: 'POST, PATCH, PATCH, PUT', acknowledges: true, run: pushInChunks },
  {
    name: 'POST, PUT with body',
    acknowledges: true,
    async run(services, { repositoryId }, blob) {
      const { uuid } = await startUpload(services, { repositoryId });
      await commitUpload(services, { repositoryId, uuid, digest: digestOf(blob), body: bodyOf(blob) });
    },
  },
  {
    name: 'POST with body of a blob that is there',
    acknowledges: true,
    prepare: pushWhole,
    run: (services, { repositoryId }, blob) => pushWhole({ services, repositoryId }, blob),
  },
  { name: 'chunks of a blob that is there', acknowledges: true, prepare: pushWhole, run: pushInChunks },
  {
    name: 'chunks of a blob that is to be removed',
    acknowledges: true,
    prepare: scheduleRemoval,
    run: pushInChunks,
  },
  {
    name: 'mount',
    acknowledges: false,
    prepare: pushWhole,
    async run(services, { repositoryId, services: { database } }, blob) {
      const target = await insertTestRepository(database);
      await mountBlob(services, { digest: digestOf(blob), from: repositoryId, to: target });
    },
  },
  {
    name: 'expiry of links and removal of objects',
    acknowledges: false,
    prepare: scheduleRemoval,
    async run(services) {
      await runBlobDeletions(services);
    },
  },
  {
    name: 'expiry of links',
    acknowledges: false,
    async prepare(fixture, blob) {
      await pushWhole(fixture, blob);
      fixture.clock.advanceMs(dayMs);
    },
    async run(services) {
      await expireBlobLinks(services);
    },
  },
];

/** Lets the scenario die at one moment, then proves what must hold; false when it ended before that moment. */
async function dieAndRecover(scenario: Scenario, fixture: BlobFixture, at: number): Promise<boolean> {
  const { repositoryId, store, clock } = fixture;
  const blob = newBlob();
  const digest = digestOf(blob);
  await scenario.prepare?.(fixture, blob);
  const crash = crashAt(at);
  const dying = fixture.restart(crash);
  let died = false;
  try {
    await scenario.run(dying, fixture, blob);
  } catch (error) {
    assert.ok(crash.reached(), `${error}`);
    died = true;
  }
  const services = fixture.restart();
  if (!died && scenario.acknowledges) await assertBlob(services, repositoryId, digest, blob);
  await checkInvariants(services, store.listStored);

  // The client tries again, at once; a deleter that died holds it up for the time of its lease at most.
  if (at % 2 === 0) {
    clock.advanceMs(200_000);
    await pushInChunks(services, fixture, blob);
    await assertBlob(services, repositoryId, digest, blob);
    await checkInvariants(services, store.listStored);
    await runBlobDeletions(services);
    await assertBlob(services, repositoryId, digest, blob);
  }
  // Whatever happened, nothing is left when nobody needs it. Twice, for what the first round schedules.
  await collect(services, clock);
  await collect(services, clock);
  await checkInvariants(services, store.listStored);
  assert.deepEqual(
    await store.listStored(),
    { objects: [], uploads: [] },
    'nothing is left in the store for ever',
  );
  const row = await services.database.read
    .selectFrom('blobs')
    .select('id')
    .where('digest', '=', digest)
    .executeTakeFirst();
  assert.equal(row, undefined, 'no row is left for ever');
  const sessions = await services.database.read
    .selectFrom('uploads')
    .select('id')
    .where('repository_id', '=', repositoryId)
    .execute();
  assert.deepEqual(sessions, [], 'no session is left for ever');
  return died;
}

eachDatabase('death at every step', (openDatabase) => {
  eachStore('store', (openStore) => {
    for (const scenario of scenarios) {
      test(scenario.name, async () => {
        const database = await openDatabase();
        let at = 0;
        for (;;) {
          const fixture = await createBlobFixture(database, openStore);
          try {
            if (!(await dieAndRecover(scenario, fixture, at))) break;
          } catch (error) {
            throw new Error(`died at moment ${at}`, { cause: error });
          }
          at += 1;
        }
        assert.ok(at >= 2, `${at} moments were tried`);
      });
    }
  });
});
