import assert from 'node:assert/strict';
import type { Database } from '#/db/database.ts';
import type { MemoryStore } from '#/storage/drivers/memory.ts';
import { blobPath } from '#/storage/paths.ts';
import type { World } from './actions.ts';
import type { ModelRepository } from './model.ts';

/** In the end, by a full scan of database and store: exactly what the model keeps is there, count and bytes. */
export async function checkScan(
  { read }: Database,
  { model }: World,
  store: MemoryStore,
  nowMs: number,
): Promise<void> {
  const blobs = model.keptBlobs(nowMs);
  const stored = await read.selectFrom('blobs').select(['digest', 'size_bytes']).orderBy('digest').execute();
  assert.deepEqual(
    stored.map(({ digest, size_bytes }) => [digest, size_bytes]),
    [...blobs].sort(([a], [b]) => (a < b ? -1 : 1)),
    'exactly the needed blobs are stored',
  );
  assert.deepEqual(
    [...store].map(([path, { bytes }]) => [path, bytes.length]).sort(byPath),
    [...blobs].map(([digest, size]) => [blobPath(digest), size] as [string, number]).sort(byPath),
    'exactly the needed objects are stored',
  );
  const repositories = await read.selectFrom('repositories').select('id').orderBy('id').execute();
  assert.deepEqual(
    repositories.map(({ id }) => id),
    model.alive.map(({ id }) => id).sort((a, b) => a - b),
    'exactly the repositories that nobody deleted are there',
  );
  for (const repository of model.alive) {
    const manifests = await read
      .selectFrom('manifests')
      .select('digest')
      .where('repository_id', '=', repository.id)
      .orderBy('digest')
      .execute();
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      [...model.keptManifests(repository, nowMs).keys()].sort(),
      `exactly the needed manifests of ${repository.name} are stored`,
    );
    const names = await read
      .selectFrom('current_tags')
      .innerJoin('tags', 'tags.id', 'current_tags.tag_id')
      .innerJoin('manifests', 'manifests.id', 'tags.manifest_id')
      .select(['tags.name', 'manifests.digest'])
      .where('current_tags.repository_id', '=', repository.id)
      .orderBy('tags.name')
      .execute();
    assert.deepEqual(
      names.map(({ name, digest }) => `${name} ${digest}`),
      aliveNames(repository),
      `${repository.name} has its tags`,
    );
    await checkTagCount(read, repository);
  }
  for (const table of [
    'blob_links',
    'blob_deletions',
    'uploads',
    'deleted_repositories',
    'queue_items',
  ] as const) {
    const [left] = await read.selectFrom(table).selectAll().limit(1).execute();
    assert.equal(left, undefined, `nothing is left in ${table}`);
  }
}

/** The number by which deep pages of the tag list are found, where somebody has counted. */
async function checkTagCount(read: Database['read'], { id, name }: ModelRepository): Promise<void> {
  const rows = await read
    .selectFrom('tags')
    .select('id')
    .where('repository_id', '=', id)
    .where('hidden', '=', 0)
    .execute();
  const counted = await read
    .selectFrom('tag_counts')
    .select('visible')
    .where('repository_id', '=', id)
    .executeTakeFirst();
  assert.equal(counted?.visible ?? 0, rows.length, `the tags of ${name} are counted`);
}

function aliveNames({ tags }: ModelRepository): string[] {
  return tags
    .filter(({ name, endMs }) => name !== undefined && endMs === null)
    .map(({ name, content }) => `${name} ${content.digest}`)
    .sort();
}

function byPath([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
