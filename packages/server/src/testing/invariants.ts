import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type Digest, digestAlgorithm, digestEncoded } from '@wharf/oci';
import { findStoredBlob, objectPathOf, openBlob } from '#/domain/blobs/index.ts';
import type { Services } from '#/domain/services.ts';
import { blobPath } from '#/storage/paths.ts';

/** Names every object and every upload that a store holds, by looking at the store itself. */
export type ListStored = () => Promise<{
  readonly objects: readonly string[];
  readonly uploads: readonly string[];
}>;

/**
 * Proves by a full scan what must hold at every moment, also after a crash: each placed blob is readable and has its digest; each
 * object of the store has a placement or a pending removal, never both; each upload's bytes reach its offset.
 */
export async function checkInvariants(services: Services, listStored: ListStored): Promise<void> {
  const { database, storage } = services;
  const { driver, name } = storage.preferred;
  const placed = await database.read
    .selectFrom('blob_placements')
    .innerJoin('blobs', 'blobs.id', 'blob_placements.blob_id')
    .innerJoin('storage_locations', 'storage_locations.id', 'blob_placements.location_id')
    .select(['blobs.digest', 'blobs.size_bytes', 'blobs.legacy_uuid'])
    .where('storage_locations.name', '=', name)
    .execute();
  const expected = new Set<string>();
  for (const row of placed) {
    const digest = row.digest as Digest;
    expected.add(objectPathOf({ digest, legacyUuid: row.legacy_uuid }));
    const blob = await findStoredBlob(database.read, digest);
    assert.ok(blob !== undefined, `${digest} has a row`);
    const hash = createHash(digestAlgorithm(digest));
    let sizeBytes = 0;
    for await (const piece of await openBlob(services, blob)) {
      hash.update(piece);
      sizeBytes += piece.length;
    }
    assert.equal(hash.digest('hex'), digestEncoded(digest), `${digest} is readable`);
    assert.equal(sizeBytes, row.size_bytes, `${digest} has its size`);
  }

  const dangling = await database.read
    .selectFrom('blob_links')
    .innerJoin('blobs', 'blobs.id', 'blob_links.blob_id')
    .leftJoin('blob_placements', 'blob_placements.blob_id', 'blobs.id')
    .select('blobs.digest')
    .where('blob_placements.location_id', 'is', null)
    .execute();
  assert.deepEqual(dangling, [], 'every linked blob is placed');

  const deletions = await database.read
    .selectFrom('blob_deletions')
    .innerJoin('storage_locations', 'storage_locations.id', 'blob_deletions.location_id')
    .select(['blob_deletions.path'])
    .where('storage_locations.name', '=', name)
    .execute();
  const doomed = new Set(deletions.map((row) => row.path));
  for (const path of expected) assert.ok(!doomed.has(path), `${path} is in use and not to be removed`);

  const stored = await listStored();
  for (const path of stored.objects) {
    assert.ok(expected.has(path) || doomed.has(path), `${path} has a placement or a pending removal`);
  }

  const uploads = await database.read
    .selectFrom('uploads')
    .innerJoin('storage_locations', 'storage_locations.id', 'uploads.location_id')
    .select(['uuid', 'size_bytes', 'algorithm', 'digest_so_far', 'storage_state_json'])
    .where('storage_locations.name', '=', name)
    .execute();
  for (const upload of uploads) {
    if (upload.size_bytes === 0) continue;
    const store = JSON.parse(upload.storage_state_json);
    const hash = createHash(upload.algorithm);
    try {
      for await (const piece of await driver.readUpload(store.id, store.state, upload.size_bytes))
        hash.update(piece);
    } catch (error) {
      // Placed by a push that died before it could record that: the object must be there, to be recorded or removed.
      assert.ok(
        upload.digest_so_far !== null &&
          stored.objects.includes(blobPath(`${upload.algorithm}:${upload.digest_so_far}` as Digest)),
        `upload ${upload.uuid} reaches its offset: ${error}`,
      );
      continue;
    }
    if (upload.digest_so_far !== null)
      assert.equal(hash.digest('hex'), upload.digest_so_far, `digest of ${upload.uuid}`);
  }
}
