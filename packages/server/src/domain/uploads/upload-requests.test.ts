import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { emptyLayerDigest } from '@wharf/oci';
import {
  appendChunk,
  cancelUpload,
  commitUpload,
  getUpload,
  startUpload,
  uploadBlob,
} from '#/domain/uploads/index.ts';
import { assertBlob, assertNoBlob, type BlobFixture, createBlobFixture } from '#/testing/blob-fixture.ts';
import { bodyOf, bytesOf, digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { checkInvariants } from '#/testing/invariants.ts';
import { eachStore } from '#/testing/stores.ts';

const refused = (code: string, detail?: Record<string, unknown>) => (error: unknown) => {
  assert.ok(error instanceof Error);
  assert.partialDeepStrictEqual({ ...error }, detail === undefined ? { code } : { code, detail });
  return true;
};

const blob = bytesOf(200_000);
const digest = digestOf(blob);
const limited = { settings: { maximumLayerSizeBytes: 200_000 } };

interface Case {
  readonly name: string;
  run(fixture: BlobFixture): Promise<void>;
}

async function openAt(
  { services, repositoryId }: BlobFixture,
  sizeBytes: number,
): Promise<{ repositoryId: number; uuid: string }> {
  const { uuid } = await startUpload(services, { repositoryId });
  const key = { repositoryId, uuid };
  if (sizeBytes > 0) await appendChunk(services, { ...key, body: bodyOf(blob.subarray(0, sizeBytes)) });
  return key;
}

/** Every row of the table of requests (registry protocol, blob upload state machine). */
const cases: readonly Case[] = [
  {
    name: 'POST opens an empty session',
    async run({ services, repositoryId }) {
      const upload = await startUpload(services, { repositoryId });
      assert.equal(upload.sizeBytes, 0);
      assert.equal((await getUpload(services, { repositoryId, uuid: upload.uuid })).sizeBytes, 0);
    },
  },
  {
    name: 'POST with digest and body stores the blob',
    async run({ services, repositoryId }) {
      await uploadBlob(services, { repositoryId, digest, body: bodyOf(blob), lengthBytes: blob.length });
      await assertBlob(services, repositoryId, digest, blob);
    },
  },
  {
    name: 'POST with another digest keeps nothing',
    async run({ services, repositoryId, store }) {
      const upload = uploadBlob(services, { repositoryId, digest: digestOf(bytesOf(3)), body: bodyOf(blob) });
      await assert.rejects(upload, refused('digest_mismatch'));
      assert.deepEqual(await store.listStored(), { objects: [], uploads: [] });
    },
  },
  {
    name: 'POST with a body shorter than announced keeps nothing',
    async run({ services, repositoryId, store }) {
      const body = bodyOf(blob.subarray(1));
      const upload = uploadBlob(services, { repositoryId, digest, body, lengthBytes: blob.length });
      await assert.rejects(upload, refused('size_invalid'));
      assert.deepEqual(await store.listStored(), { objects: [], uploads: [] });
    },
  },
  {
    name: 'POST of an empty blob',
    async run({ services, repositoryId }) {
      const empty = Buffer.alloc(0);
      await uploadBlob(services, {
        repositoryId,
        digest: digestOf(empty),
        body: bodyOf(empty),
        lengthBytes: 0,
      });
      await assertBlob(services, repositoryId, digestOf(empty), empty);
    },
  },
  {
    name: 'POST with digest-algorithm sha512',
    async run({ services, repositoryId }) {
      const { uuid } = await startUpload(services, { repositoryId, algorithm: 'sha512' });
      await appendChunk(services, { repositoryId, uuid, body: bodyOf(blob) });
      await commitUpload(services, { repositoryId, uuid, digest: digestOf(blob, 'sha512') });
      await assertBlob(services, repositoryId, digestOf(blob, 'sha512'), blob);
    },
  },
  {
    name: 'sha512 named only at PUT, with and without a last body',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const sha512 = digestOf(blob, 'sha512');
      await commitUpload(services, { ...(await openAt(fixture, blob.length)), digest: sha512 });
      await assertBlob(services, repositoryId, sha512, blob);
      const other = await openAt(fixture, 150_000);
      await commitUpload(services, { ...other, digest: sha512, body: bodyOf(blob.subarray(150_000)) });
      await assert.rejects(getUpload(services, other), refused('blob_upload_unknown'));
    },
  },
  {
    name: 'GET tells how far the session is',
    async run(fixture) {
      const key = await openAt(fixture, 70_000);
      assert.equal((await getUpload(fixture.services, key)).sizeBytes, 70_000);
    },
  },
  {
    name: 'PATCH without a range appends, again and again',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const key = await openAt(fixture, 0);
      for (const [start, end] of [
        [0, 1],
        [1, 100_000],
        [100_000, 200_000],
      ]) {
        const upload = await appendChunk(services, { ...key, body: bodyOf(blob.subarray(start, end)) });
        assert.equal(upload.sizeBytes, end);
      }
      await commitUpload(services, { ...key, digest });
      await assertBlob(services, repositoryId, digest, blob);
    },
  },
  {
    name: 'PATCH with the range that comes next appends',
    async run(fixture) {
      const key = await openAt(fixture, 100_000);
      const upload = await appendChunk(fixture.services, {
        ...key,
        range: { start: 100_000, end: 199_999 },
        lengthBytes: 100_000,
        body: bodyOf(blob.subarray(100_000)),
      });
      assert.equal(upload.sizeBytes, 200_000);
    },
  },
  ...[99_999, 100_001].map((start) => ({
    name: `PATCH out of order (${start}) is refused and the session stays`,
    async run(fixture: BlobFixture) {
      const { services, repositoryId } = fixture;
      const key = await openAt(fixture, 100_000);
      const chunk = appendChunk(services, {
        ...key,
        range: { start, end: start + 9 },
        lengthBytes: 10,
        body: bodyOf(bytesOf(10)),
      });
      await assert.rejects(chunk, refused('range_invalid', { offset: 100_000 }));
      await commitUpload(services, { ...key, digest, body: bodyOf(blob.subarray(100_000)) });
      await assertBlob(services, repositoryId, digest, blob);
    },
  })),
  ...[
    { name: 'longer by header', lengthBytes: 20, sent: 20 },
    { name: 'longer by body', lengthBytes: undefined, sent: 20 },
    { name: 'shorter by body', lengthBytes: undefined, sent: 5 },
    { name: 'without body', lengthBytes: undefined, sent: 0 },
  ].map(({ name, lengthBytes, sent }) => ({
    name: `PATCH whose range does not fit its body (${name}) stays at the old offset`,
    async run(fixture: BlobFixture) {
      const { services, repositoryId } = fixture;
      const key = await openAt(fixture, 100_000);
      const chunk = appendChunk(services, {
        ...key,
        range: { start: 100_000, end: 100_009 },
        ...(lengthBytes === undefined ? {} : { lengthBytes }),
        body: bodyOf(bytesOf(sent, 9)),
      });
      await assert.rejects(chunk, refused('size_invalid'));
      assert.equal((await getUpload(services, key)).sizeBytes, 100_000);
      await commitUpload(services, { ...key, digest, body: bodyOf(blob.subarray(100_000)) });
      await assertBlob(services, repositoryId, digest, blob);
    },
  })),
  {
    name: 'PATCH of nothing changes nothing',
    async run(fixture) {
      const { services } = fixture;
      const key = await openAt(fixture, 100_000);
      assert.equal(
        (await appendChunk(services, { ...key, body: bodyOf(Buffer.alloc(0)) })).sizeBytes,
        100_000,
      );
      assert.equal(
        (await appendChunk(services, { ...key, lengthBytes: 0, body: bodyOf(Buffer.alloc(0)) })).sizeBytes,
        100_000,
      );
      await commitUpload(services, { ...key, digest, body: bodyOf(blob.subarray(100_000)) });
    },
  },
  {
    name: 'PATCH of a client that goes away keeps what arrived',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const key = await openAt(fixture, 10);
      const body = bodyOf(blob.subarray(10, 150_000), { error: new Error('aborted') });
      await assert.rejects(
        appendChunk(services, { ...key, lengthBytes: 199_990, body }),
        refused('upload_invalid'),
      );
      assert.equal((await getUpload(services, key)).sizeBytes, 150_000);
      await assertNoBlob(services, repositoryId, digest);
      await commitUpload(services, { ...key, digest, body: bodyOf(blob.subarray(150_000)) });
      await assertBlob(services, repositoryId, digest, blob);
    },
  },
  {
    name: 'PUT without body',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const key = await openAt(fixture, blob.length);
      await commitUpload(services, { ...key, digest, lengthBytes: 0, body: bodyOf(Buffer.alloc(0)) });
      await assertBlob(services, repositoryId, digest, blob);
    },
  },
  {
    name: 'PUT with the whole body',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      await commitUpload(services, {
        ...(await openAt(fixture, 0)),
        digest,
        lengthBytes: blob.length,
        body: bodyOf(blob),
      });
      await assertBlob(services, repositoryId, digest, blob);
    },
  },
  {
    name: 'PUT of an empty blob',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const empty = Buffer.alloc(0);
      await commitUpload(services, { ...(await openAt(fixture, 0)), digest: digestOf(empty) });
      await assertBlob(services, repositoryId, digestOf(empty), empty);
    },
  },
  {
    name: 'PUT out of order is refused and the session stays',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const key = await openAt(fixture, 100_000);
      const last = { ...key, digest, lengthBytes: 100_000 };
      const early = commitUpload(services, {
        ...last,
        range: { start: 0, end: 99_999 },
        body: bodyOf(blob.subarray(0, 100_000)),
      });
      await assert.rejects(early, refused('range_invalid', { offset: 100_000 }));
      assert.equal((await getUpload(services, key)).sizeBytes, 100_000);
      await commitUpload(services, {
        ...last,
        range: { start: 100_000, end: 199_999 },
        body: bodyOf(blob.subarray(100_000)),
      });
      await assertBlob(services, repositoryId, digest, blob);
    },
  },
  {
    name: 'PUT of a client that goes away leaves the session at its offset',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const key = await openAt(fixture, 100_000);
      const body = bodyOf(blob.subarray(100_000, 180_000), { error: new Error('aborted') });
      await assert.rejects(commitUpload(services, { ...key, digest, body }), refused('upload_invalid'));
      assert.equal((await getUpload(services, key)).sizeBytes, 100_000);
      await commitUpload(services, { ...key, digest, body: bodyOf(blob.subarray(100_000)) });
      await assertBlob(services, repositoryId, digest, blob);
    },
  },
  ...[0, 100_000, 200_000].map((sizeBytes) => ({
    name: `PUT with another digest after ${sizeBytes} bytes cancels the session`,
    async run(fixture: BlobFixture) {
      const { services, store } = fixture;
      const key = await openAt(fixture, sizeBytes);
      const commit = commitUpload(services, {
        ...key,
        digest: digestOf(bytesOf(3)),
        body: bodyOf(blob.subarray(sizeBytes)),
      });
      await assert.rejects(commit, refused('digest_mismatch'));
      await assert.rejects(getUpload(services, key), refused('blob_upload_unknown'));
      assert.deepEqual(await store.listStored(), { objects: [], uploads: [] });
    },
  })),
  {
    name: 'DELETE ends the session',
    async run(fixture) {
      const { services, store } = fixture;
      const key = await openAt(fixture, 100_000);
      await cancelUpload(services, key);
      await assert.rejects(getUpload(services, key), refused('blob_upload_unknown'));
      assert.deepEqual(await store.listStored(), { objects: [], uploads: [] });
    },
  },
  {
    name: 'an unknown id, another repository and a committed session are unknown',
    async run(fixture) {
      const { services, repositoryId } = fixture;
      const committed = await openAt(fixture, blob.length);
      await commitUpload(services, { ...committed, digest });
      const open = await openAt(fixture, 1);
      const elsewhere = { uuid: open.uuid, repositoryId: repositoryId + 1 };
      for (const key of [
        { repositoryId, uuid: randomUUID() },
        { repositoryId, uuid: '../x' },
        elsewhere,
        committed,
      ]) {
        const unknown = refused('blob_upload_unknown');
        await assert.rejects(getUpload(services, key), unknown);
        await assert.rejects(appendChunk(services, { ...key, body: bodyOf(blob) }), unknown);
        await assert.rejects(commitUpload(services, { ...key, digest }), unknown);
        await assert.rejects(cancelUpload(services, key), unknown);
      }
      assert.equal((await getUpload(services, open)).sizeBytes, 1);
    },
  },
  ...[true, false].map((announced) => ({
    name: `PATCH beyond MAXIMUM_LAYER_SIZE (${announced ? 'announced' : 'chunked'}) stays at the old offset`,
    async run(fixture: BlobFixture) {
      const { services } = fixture;
      const key = await openAt(fixture, 100_000);
      const body = bytesOf(100_001);
      const chunk = appendChunk(services, {
        ...key,
        ...(announced ? { lengthBytes: body.length } : {}),
        body: bodyOf(body),
      });
      await assert.rejects(chunk, refused('too_large'));
      assert.equal((await getUpload(services, key)).sizeBytes, 100_000);
      await commitUpload(services, { ...key, digest, body: bodyOf(blob.subarray(100_000)) });
    },
  })),
  ...[true, false].map((announced) => ({
    name: `PUT beyond MAXIMUM_LAYER_SIZE (${announced ? 'announced' : 'chunked'}) cancels the session`,
    async run(fixture: BlobFixture) {
      const { services, store } = fixture;
      const key = await openAt(fixture, 100_000);
      const body = bytesOf(100_001);
      const commit = commitUpload(services, {
        ...key,
        digest,
        ...(announced ? { lengthBytes: body.length } : {}),
        body: bodyOf(body),
      });
      await assert.rejects(commit, refused('too_large'));
      await assert.rejects(getUpload(services, key), refused('blob_upload_unknown'));
      assert.deepEqual(await store.listStored(), { objects: [], uploads: [] });
    },
  })),
  {
    name: 'POST beyond MAXIMUM_LAYER_SIZE keeps nothing, with absurd lengths too',
    async run({ services, repositoryId, store }) {
      const body = bytesOf(200_001);
      for (const lengthBytes of [undefined, body.length, Number.MAX_SAFE_INTEGER]) {
        const upload = uploadBlob(services, {
          repositoryId,
          digest: digestOf(body),
          body: bodyOf(body),
          ...(lengthBytes === undefined ? {} : { lengthBytes }),
        });
        await assert.rejects(upload, refused('too_large'));
      }
      assert.deepEqual(await store.listStored(), { objects: [], uploads: [] });
    },
  },
  {
    name: 'a PATCH with an absurd range is refused at once',
    async run(fixture) {
      const { services } = fixture;
      const key = await openAt(fixture, 0);
      const range = { start: 0, end: Number.MAX_SAFE_INTEGER - 1 };
      await assert.rejects(
        appendChunk(services, { ...key, range, body: bodyOf(blob) }),
        refused('too_large'),
      );
      assert.equal((await getUpload(services, key)).sizeBytes, 0);
    },
  },
  {
    name: 'the same blob twice is kept once, and no part is left',
    async run({ services, repositoryId, store }) {
      for (let round = 0; round < 2; round += 1) {
        await uploadBlob(services, { repositoryId, digest, body: bodyOf(blob) });
        const { uuid } = await startUpload(services, { repositoryId });
        await appendChunk(services, { repositoryId, uuid, body: bodyOf(blob) });
        await commitUpload(services, { repositoryId, uuid, digest });
      }
      const stored = await store.listStored();
      assert.equal(stored.objects.length, 1);
      assert.deepEqual(stored.uploads, []);
      await assertNoBlob(services, repositoryId + 1, digest);
      await assertNoBlob(services, repositoryId, emptyLayerDigest);
    },
  },
];

eachDatabase('upload requests', (openDatabase) => {
  eachStore('store', (openStore) => {
    // One database for all cases: making one takes longer than most of them.
    test('every row of the table of requests', async () => {
      const database = await openDatabase();
      for (const { name, run } of cases) {
        const fixture = await createBlobFixture(database, openStore, limited);
        try {
          await run(fixture);
          await checkInvariants(fixture.services, fixture.store.listStored);
        } catch (error) {
          throw new Error(name, { cause: error });
        }
      }
    });
  });
});
