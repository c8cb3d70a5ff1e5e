import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyLayerDigest, parseDigest } from '@wharf/oci';
import {
  deleteBlob,
  ensureEmptyLayer,
  expireBlobLinks,
  findBlob,
  openBlob,
  readBlob,
  revealBlobs,
  runBlobDeletions,
} from '#/domain/blobs/index.ts';
import { uploadBlob } from '#/domain/uploads/index.ts';
import { bodyOf, bytesOf, digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture } from '#/testing/push-fixture.ts';

const dayMs = 24 * 3600 * 1000;

eachDatabase('blobs of a repository', (openDatabase) => {
  test('a client deletes a blob: unknown, referenced, hidden, seen again', async () => {
    const fixture = await createPushFixture(await openDatabase());
    const { services, repository, clock } = fixture;
    const { database } = services;
    const repositoryId = repository.id;
    const visible = async (digest: Parameters<typeof findBlob>[2]): Promise<boolean> =>
      (await findBlob(database.read, repositoryId, digest, clock.nowMs())) !== undefined;

    const loose = await fixture.pushBlob('loose');
    await deleteBlob(services, { repositoryId, digest: loose.digest });
    assert.equal(await visible(loose.digest), false);
    await assert.rejects(deleteBlob(services, { repositoryId, digest: loose.digest }), {
      code: 'blob_unknown',
    });
    await assert.rejects(deleteBlob(services, { repositoryId: repositoryId + 1, digest: loose.digest }), {
      code: 'blob_unknown',
    });

    const layer = await fixture.pushBlob('used');
    const image = await fixture.makeImage();
    const manifest = {
      ...image,
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer }],
    };
    await fixture.push(manifest, 'latest');
    await assert.rejects(deleteBlob(services, { repositoryId, digest: layer.digest }), {
      code: 'blob_referenced',
    });
    assert.equal(await visible(layer.digest), true);

    // All tags end: only the time machine keeps the manifest.
    await database.transaction((db) => db.updateTable('tags').set({ end_ms: clock.nowMs() }).execute());
    await deleteBlob(services, { repositoryId, digest: layer.digest });
    assert.equal(await visible(layer.digest), false);

    const row = await database.read
      .selectFrom('blobs')
      .select('id')
      .where('digest', '=', layer.digest)
      .executeTakeFirstOrThrow();
    await database.transaction((db) => revealBlobs(db, repositoryId, [row.id]));
    assert.equal(await visible(layer.digest), true, 'a restored tag shows it');
    await deleteBlob(services, { repositoryId, digest: layer.digest });
    await fixture.pushBlob('used');
    assert.equal(await visible(layer.digest), true, 'a new upload shows it');

    // A blob that a manifest names outlives its links.
    clock.advanceMs(dayMs);
    await expireBlobLinks(services);
    assert.equal(await visible(layer.digest), true);
    assert.equal(await visible(loose.digest), false);
    await runBlobDeletions(services);
    const rows = await database.read.selectFrom('blobs').select('digest').execute();
    assert.ok(!rows.some((row) => row.digest === loose.digest), 'what a client deleted is collected');
    const blob = await findBlob(database.read, repositoryId, layer.digest, clock.nowMs());
    assert.ok(blob !== undefined);
    assert.equal((await readBlob(services, blob)).toString(), 'used');
  });

  test('the empty layer is in every repository and never collected', async () => {
    const { services, repository, clock } = await createPushFixture(await openDatabase());
    await ensureEmptyLayer(services);
    await ensureEmptyLayer(services);
    clock.advanceMs(dayMs);
    await expireBlobLinks(services);
    await runBlobDeletions(services);
    const blob = await findBlob(services.database.read, repository.id, emptyLayerDigest, clock.nowMs());
    assert.ok(blob !== undefined);
    assert.equal(digestOf(await readBlob(services, blob)), emptyLayerDigest);
  });

  test('a blob that is gone from its store is unknown, not an internal error', async () => {
    const { services, repository, clock } = await createPushFixture(await openDatabase());
    const bytes = bytesOf(100);
    await uploadBlob(services, { repositoryId: repository.id, digest: digestOf(bytes), body: bodyOf(bytes) });
    const blob = await findBlob(services.database.read, repository.id, digestOf(bytes), clock.nowMs());
    assert.ok(blob !== undefined);
    const other = { ...blob, digest: parseDigest(`sha256:${'0'.repeat(64)}`) };
    await assert.rejects(openBlob(services, other), { code: 'blob_unknown' });
    await assert.rejects(openBlob(services, { ...blob, locations: ['gone'] }), {
      code: 'storage_unavailable',
    });
  });
});
