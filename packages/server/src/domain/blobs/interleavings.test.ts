import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import { expireBlobLinks, mountBlob, runBlobDeletions } from '#/domain/blobs/index.ts';
import { uploadBlob } from '#/domain/uploads/index.ts';
import { assertBlob, assertNoBlob, type BlobFixture, createBlobFixture } from '#/testing/blob-fixture.ts';
import { bodyOf, bytesOf, digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createGate, gateDriver } from '#/testing/gates.ts';
import { checkInvariants } from '#/testing/invariants.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { eachStore } from '#/testing/stores.ts';

const minuteMs = 60_000;
const dayMs = 24 * 3600 * 1000;
let seed = 5000;

function push(fixture: BlobFixture, blob: Buffer, services = fixture.services): Promise<unknown> {
  return uploadBlob(services, {
    repositoryId: fixture.repositoryId,
    digest: digestOf(blob),
    body: bodyOf(blob),
  });
}

/** Lets the links of a stored blob run out, so that its object waits for a deleter. */
async function scheduleRemoval(fixture: BlobFixture, blob: Buffer): Promise<void> {
  await push(fixture, blob);
  fixture.clock.advanceMs(dayMs);
  assert.equal((await expireBlobLinks(fixture.services)).unused, 1);
  await assertNoBlob(fixture.services, fixture.repositoryId, digestOf(blob));
}

/** A database whose transactions stop after the first one that succeeded. */
function stopAfterFirst(gate: ReturnType<typeof createGate>) {
  return (database: Database): Database => {
    let done = 0;
    return {
      dialect: database.dialect,
      read: database.read,
      listing: database.listing,
      epoch: () => database.epoch(),
      close: () => database.close(),
      async transaction(work, options) {
        const value = await database.transaction(work, options);
        done += 1;
        if (done === 1) await gate.pass();
        return value;
      },
    };
  };
}

const cases: readonly { readonly name: string; run(fixture: BlobFixture, blob: Buffer): Promise<void> }[] = [
  {
    name: 'a push takes back a pending removal',
    async run(fixture, blob) {
      await scheduleRemoval(fixture, blob);
      await push(fixture, blob);
      assert.deepEqual(await runBlobDeletions(fixture.services), { removed: 0 });
    },
  },
  {
    name: 'a push that finds a removal at work waits and writes again',
    async run(fixture, blob) {
      await scheduleRemoval(fixture, blob);
      const gate = createGate();
      const removal = runBlobDeletions(fixture.restart({ driver: gateDriver('remove', 'before', gate) }));
      await gate.arrived;
      const pushed = push(fixture, blob);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal((await fixture.store.listStored()).objects.length, 1, 'the object is still there');
      gate.open();
      assert.deepEqual(await removal, { removed: 1 });
      await pushed;
    },
  },
  {
    name: 'a push does the work of a deleter that died, before and after the removal itself',
    async run(fixture, blob) {
      for (const when of ['before', 'after'] as const) {
        await scheduleRemoval(fixture, blob);
        const gate = createGate();
        void runBlobDeletions(fixture.restart({ driver: gateDriver('remove', when, gate) }));
        await gate.arrived;
        fixture.clock.advanceMs(4 * minuteMs);
        await push(fixture, blob);
        await assertBlob(fixture.services, fixture.repositoryId, digestOf(blob), blob);
      }
    },
  },
  {
    name: 'a deleter that slept past its lease is fenced',
    async run(fixture, blob) {
      await scheduleRemoval(fixture, blob);
      const gate = createGate();
      const sleeping = runBlobDeletions(fixture.restart({ database: stopAfterFirst(gate) }));
      await gate.arrived;
      fixture.clock.advanceMs(4 * minuteMs);
      assert.deepEqual(await runBlobDeletions(fixture.services), { removed: 1 });
      await push(fixture, blob);
      gate.open();
      assert.deepEqual(await sleeping, { removed: 0 });
    },
  },
  ...(['before', 'after'] as const).map((when) => ({
    name: `a push that slept ${when} placing its object, past its lease, starts over`,
    async run(fixture: BlobFixture, blob: Buffer) {
      const gate = createGate();
      const sleeping = push(
        fixture,
        blob,
        fixture.restart({ driver: gateDriver('completeUpload', when, gate) }),
      );
      await gate.arrived;
      fixture.clock.advanceMs(20 * minuteMs);
      assert.deepEqual(await runBlobDeletions(fixture.services), { removed: 1 });
      gate.open();
      // Its bytes are gone if the removal came after them: then the client is told so, and nothing is acknowledged.
      if (when === 'before') await sleeping;
      else await assert.rejects(sleeping, { code: 'blob_upload_unknown' });
      if (when === 'after') await push(fixture, blob);
    },
  })),
  {
    name: 'a push that slept past its lease spoils nothing that others pushed meanwhile',
    async run(fixture, blob) {
      const gate = createGate();
      const sleeping = push(
        fixture,
        blob,
        fixture.restart({ driver: gateDriver('completeUpload', 'before', gate) }),
      );
      await gate.arrived;
      fixture.clock.advanceMs(20 * minuteMs);
      await runBlobDeletions(fixture.services);
      await push(fixture, blob);
      gate.open();
      await sleeping;
    },
  },
  ...(['before', 'after'] as const).map((when) => ({
    name: `a deleter leaves a push alone that stands ${when} the placing of its object`,
    async run(fixture: BlobFixture, blob: Buffer) {
      const gate = createGate();
      const pushed = push(
        fixture,
        blob,
        fixture.restart({ driver: gateDriver('completeUpload', when, gate) }),
      );
      await gate.arrived;
      fixture.clock.advanceMs(5 * minuteMs);
      assert.deepEqual(await runBlobDeletions(fixture.services), { removed: 0 });
      gate.open();
      await pushed;
    },
  })),
  {
    name: 'a deleter that slept past its lease does not touch what a push has placed but not yet recorded',
    async run(fixture, blob) {
      await scheduleRemoval(fixture, blob);
      const sleep = createGate();
      const sleeping = runBlobDeletions(fixture.restart({ database: stopAfterFirst(sleep) }));
      await sleep.arrived;
      fixture.clock.advanceMs(4 * minuteMs);
      assert.deepEqual(await runBlobDeletions(fixture.services), { removed: 1 });
      const placed = createGate();
      const pushed = push(
        fixture,
        blob,
        fixture.restart({ driver: gateDriver('completeUpload', 'after', placed) }),
      );
      await placed.arrived;
      sleep.open();
      assert.deepEqual(await sleeping, { removed: 0 });
      placed.open();
      await pushed;
    },
  },
  {
    name: 'a push that slept past its lease does not take the reservation of another push for its own',
    async run(fixture, blob) {
      const placed = createGate();
      const sleeping = push(
        fixture,
        blob,
        fixture.restart({ driver: gateDriver('completeUpload', 'after', placed) }),
      );
      await placed.arrived;
      fixture.clock.advanceMs(20 * minuteMs);
      const removed = createGate();
      const removal = runBlobDeletions(fixture.restart({ driver: gateDriver('remove', 'after', removed) }));
      await removed.arrived;
      const placing = createGate();
      const other = push(
        fixture,
        blob,
        fixture.restart({ driver: gateDriver('completeUpload', 'before', placing) }),
      );
      // The other push has revived the row once it waits for the deleter.
      for (;;) {
        const row = await fixture.services.database.read
          .selectFrom('blobs')
          .select('lease_expires_ms')
          .where('digest', '=', digestOf(blob))
          .executeTakeFirstOrThrow();
        if (row.lease_expires_ms > fixture.clock.nowMs()) break;
        await new Promise((resolve) => setImmediate(resolve));
      }
      removed.open();
      await removal;
      await placing.arrived;
      placed.open();
      await assert.rejects(sleeping, { code: 'blob_upload_unknown' });
      await checkInvariants(fixture.services, fixture.store.listStored);
      placing.open();
      await other;
    },
  },
  {
    name: 'pushes of one digest at the same time all succeed and keep one object',
    async run(fixture, blob) {
      const { services } = fixture;
      const repositories = await Promise.all(
        Array.from({ length: 8 }, () => insertTestRepository(services.database)),
      );
      const digest = digestOf(blob);
      await Promise.all([
        ...repositories.map((repositoryId) =>
          uploadBlob(services, { repositoryId, digest, body: bodyOf(blob) }),
        ),
        ...Array.from({ length: 4 }, () => push(fixture, blob)),
      ]);
      for (const repositoryId of repositories) await assertBlob(services, repositoryId, digest, blob);
      assert.deepEqual((await fixture.store.listStored()).objects.length, 1);
      assert.deepEqual((await fixture.store.listStored()).uploads, []);
    },
  },
  {
    name: 'a mount keeps a blob whose other link runs out',
    async run(fixture, blob) {
      const { services, repositoryId, clock } = fixture;
      const target = await insertTestRepository(services.database);
      const digest = digestOf(blob);
      await push(fixture, blob);
      clock.advanceMs(59 * minuteMs);
      assert.ok((await mountBlob(services, { digest, from: repositoryId, to: target })) !== undefined);
      clock.advanceMs(10 * minuteMs);
      assert.deepEqual(await expireBlobLinks(services), { blobs: 1, unused: 0 });
      await assertNoBlob(services, repositoryId, digest);
      await assertBlob(services, target, digest, blob);
      // What is no longer visible cannot be mounted.
      assert.equal(await mountBlob(services, { digest, from: repositoryId, to: repositoryId }), undefined);
      assert.equal(await mountBlob(services, { digest, from: undefined, to: repositoryId }), undefined);
      await push(fixture, blob);
    },
  },
];

eachDatabase('pushes and deleters', (openDatabase) => {
  eachStore('store', (openStore) => {
    for (const { name, run } of cases) {
      test(name, async () => {
        const fixture = await createBlobFixture(await openDatabase(), openStore);
        seed += 1;
        const blob = bytesOf(100_000, seed);
        await run(fixture, blob);
        await assertBlob(fixture.services, fixture.repositoryId, digestOf(blob), blob);
        await checkInvariants(fixture.services, fixture.store.listStored);
      });
    }
  });
});
