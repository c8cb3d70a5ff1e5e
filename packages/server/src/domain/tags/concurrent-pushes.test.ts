import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { mediaTypes } from '@wharf/oci';
import { scheduleBlobDeletion } from '#/domain/blobs/index.ts';
import { uploadBlob } from '#/domain/uploads/index.ts';
import { bodyOf, digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, encode, type Json, type PushFixture } from '#/testing/push-fixture.ts';
import { deleteTag, listTags } from './index.ts';

const clients = 50;

/** One client: uploads the layers that all share and one of its own, then pushes by a name of its own and by one for all. */
async function pushAsClient(
  fixture: PushFixture,
  client: number,
  shared: readonly Buffer[],
): Promise<string> {
  const { services, repository } = fixture;
  const own = gzipSync(`client ${client}`);
  const config = Buffer.from(
    JSON.stringify({ architecture: 'amd64', os: 'linux', config: { Labels: { client: `${client}` } } }),
  );
  // Each client comes with another order, so that rows would be locked in a circle if nobody sorted them.
  const layers = client % 2 === 0 ? [...shared, own] : [own, ...shared.toReversed()];
  for (const bytes of [...layers, config]) {
    await uploadBlob(services, { repositoryId: repository.id, digest: digestOf(bytes), body: bodyOf(bytes) });
  }
  const manifest: Json = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: { mediaType: mediaTypes.ociConfig, digest: digestOf(config), size: config.length },
    layers: layers.map((bytes) => ({
      mediaType: mediaTypes.ociLayerGzip,
      digest: digestOf(bytes),
      size: bytes.length,
    })),
  };
  await fixture.push(manifest, 'latest');
  await fixture.push(manifest, `client-${client}`);
  await fixture.push(manifest, digestOf(encode(manifest)));
  return digestOf(encode(manifest));
}

eachDatabase('pushes at the same time', (open) => {
  test(`${clients} clients with shared layers: one live tag a name, a history without gaps, no error`, async () => {
    const fixture = await createPushFixture(await open());
    const shared = Array.from({ length: 4 }, (_, index) => gzipSync(`shared ${index}`));
    const digests = await Promise.all(
      Array.from({ length: clients }, (_, client) => pushAsClient(fixture, client, shared)),
    );
    const { services, repository } = fixture;
    const db = services.database.read;
    const page = { repositoryId: repository.id, limit: 1000, nowMs: services.clock.nowMs() + 60_000 };
    const names = ['latest', ...digests.map((_, client) => `client-${client}`)].sort();
    assert.deepEqual(await listTags(db, page), names);

    const rows = await db
      .selectFrom('tags')
      .select(['name', 'start_ms', 'end_ms', 'hidden'])
      .where('repository_id', '=', repository.id)
      .orderBy('start_ms')
      .execute();
    const latest = rows.filter(({ name }) => name === 'latest');
    assert.equal(latest.length, clients);
    for (const [index, row] of latest.entries()) {
      assert.equal(row.end_ms, latest[index + 1]?.start_ms ?? null, `row ${index}`);
    }
    assert.equal(rows.length, 2 * clients, 'a hidden tag was not needed');
    const manifests = await db.selectFrom('manifests').select('digest').execute();
    assert.deepEqual(manifests.map(({ digest }) => digest).sort(), digests.sort());
    const links = await db.selectFrom('manifest_blobs').select('blob_id').execute();
    assert.equal(links.length, clients * (shared.length + 2));
    const { event_number } = await db
      .selectFrom('repositories')
      .select('event_number')
      .where('id', '=', repository.id)
      .executeTakeFirstOrThrow();
    assert.equal(event_number, 3 * clients);
  });

  test('the same manifest from many clients at once is stored once', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const results = await Promise.all(
      Array.from({ length: clients }, (_, client) => fixture.push(image, `v${client % 5}`)),
    );
    assert.equal(new Set(results.map(({ digest }) => digest)).size, 1);
    const rows = await fixture.services.database.read.selectFrom('manifests').select('id').execute();
    assert.equal(rows.length, 1);
  });

  test('pushes and deletions of one name leave at most one live row', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer } = fixture;
    const image = await fixture.makeImage();
    const { tags } = await fixture.push(image, 'v1');
    const [tag] = tags;
    assert.ok(tag !== undefined);
    const outcomes = await Promise.allSettled(
      Array.from({ length: clients }, async (_, client) => {
        if (client % 2 === 0) await fixture.push(image, 'v1');
        else await deleteTag(services, { repository, tag, performer });
      }),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert.equal(outcome.reason.code, 'tag_expired');
    }
    const db = services.database.read;
    const alive = await db
      .selectFrom('tags')
      .select('id')
      .where('name', '=', 'v1')
      .where('end_ms', 'is', null)
      .execute();
    const current = await db.selectFrom('current_tags').select('tag_id').execute();
    assert.deepEqual(
      current.map((row) => row.tag_id),
      alive.map((row) => row.id),
    );
    assert.ok(alive.length <= 1);
  });

  test('a collector at work on the same blobs: a push finds them all, or says which is missing', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository } = fixture;
    const images = await Promise.all(Array.from({ length: 10 }, () => fixture.makeImage()));
    const blobs = await services.database.read.selectFrom('blobs').select('id').execute();
    // The collector's clock is ahead: for it the leases and links of the uploads have run out.
    const nowMs = services.clock.nowMs() + 86_400_000;
    const collecting = blobs.map(({ id }) =>
      services.database.transaction((db) => scheduleBlobDeletion(db, id, nowMs)),
    );
    const pushes = await Promise.allSettled(images.map((image, index) => fixture.push(image, `v${index}`)));
    await Promise.all(collecting);
    for (const push of pushes) {
      if (push.status === 'rejected') assert.equal(push.reason.code, 'manifest_blob_unknown');
    }
    const stored = pushes.filter(({ status }) => status === 'fulfilled').length;
    const links = await services.database.read
      .selectFrom('manifest_blobs')
      .innerJoin('blobs', 'blobs.id', 'manifest_blobs.blob_id')
      .innerJoin('blob_placements', 'blob_placements.blob_id', 'blobs.id')
      .select('blobs.id')
      .where('repository_id', '=', repository.id)
      .execute();
    assert.equal(links.length, stored * 2);
  });
});
