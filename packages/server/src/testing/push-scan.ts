import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { openServices } from '#/compose/open-services.ts';
import type { Database } from '#/db/database.ts';
import { silentLogger } from '#/platform/logger.ts';
import { checkInvariants, type ListStored } from './invariants.ts';

/** The whole database against the whole store of a server that `startServer` started with a configuration and that has ended. */
export async function scanServerData(dataDirectory: string): Promise<void> {
  const { services, close } = await openServices(
    { dataDirectory, configDirectory: join(dataDirectory, 'test-config') },
    { logger: silentLogger() },
  );
  try {
    await checkInvariants(services, listFiles(join(dataDirectory, 'storage')));
    await checkManifestBlobs(services.database);
    await checkTags(services.database);
  } finally {
    await close();
  }
}

async function checkManifestBlobs({ read }: Database): Promise<void> {
  const lost = await read
    .selectFrom('manifest_blobs')
    .leftJoin('blob_placements', 'blob_placements.blob_id', 'manifest_blobs.blob_id')
    .select('manifest_blobs.manifest_id')
    .where('blob_placements.location_id', 'is', null)
    .execute();
  assert.deepEqual(lost, [], 'every blob of a manifest is placed');
}

/** Where tags were only pushed, never deleted: one live row a name, and each row begins when the one before it ends. */
async function checkTags({ read }: Database): Promise<void> {
  const rows = await read
    .selectFrom('tags')
    .leftJoin('current_tags', (join) =>
      join
        .onRef('current_tags.repository_id', '=', 'tags.repository_id')
        .onRef('current_tags.name', '=', 'tags.name'),
    )
    .select(['tags.id', 'tags.repository_id', 'tags.name', 'start_ms', 'end_ms', 'tag_id'])
    .where('hidden', '=', 0)
    .orderBy('tags.repository_id')
    .orderBy('tags.name')
    .orderBy('start_ms')
    .orderBy('tags.id')
    .execute();
  assert.ok(rows.length > 0);
  for (const [index, row] of rows.entries()) {
    const next = rows[index + 1];
    const where = `${row.name} of repository ${row.repository_id}`;
    if (next?.repository_id === row.repository_id && next.name === row.name) {
      assert.equal(row.end_ms, next.start_ms, `${where}: the history has no gap and no overlap`);
    } else {
      assert.equal(row.end_ms, null, `${where}: the last row is alive`);
      assert.equal(row.tag_id, row.id, `${where}: the last row is the current one`);
    }
  }
}

function listFiles(root: string): ListStored {
  return async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    return {
      objects: files.filter((path) => /^sha(256|512)\//.test(path)),
      uploads: files
        .filter((path) => path.startsWith('uploads/'))
        .map((path) => path.slice('uploads/'.length)),
    };
  };
}
