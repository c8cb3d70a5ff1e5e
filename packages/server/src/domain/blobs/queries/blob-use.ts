import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { listLimit } from './list-limit.ts';

/** Whether any manifest of the repository names the blob, also one that only the time machine keeps. */
export async function isUsedByManifest(db: Db, repositoryId: number, blobId: number): Promise<boolean> {
  const row = await db
    .selectFrom('manifest_blobs')
    .select('manifest_id')
    .where('repository_id', '=', repositoryId)
    .where('blob_id', '=', blobId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Whether a manifest that names the blob is alive: an alive tag (hidden ones too) points at it, or at an index that leads to it, or
 * at the subject that it refers to.
 */
export async function isUsedByAliveManifest(
  db: Db,
  repositoryId: number,
  blobId: number,
  nowMs: number,
): Promise<boolean> {
  const users = await db
    .selectFrom('manifest_blobs')
    .select('manifest_id')
    .where('repository_id', '=', repositoryId)
    .where('blob_id', '=', blobId)
    .execute();
  const seen = new Set<number>();
  let level = users.map((row) => row.manifest_id);
  while (level.length > 0) {
    const next: number[] = [];
    for (let start = 0; start < level.length; start += listLimit) {
      const ids = level.slice(start, start + listLimit);
      if (await hasAliveTag(db, ids, nowMs)) return true;
      next.push(...(await listKeepers(db, repositoryId, ids)));
    }
    for (const id of level) seen.add(id);
    level = [...new Set(next)].filter((id) => !seen.has(id));
  }
  return false;
}

async function hasAliveTag(db: Db, manifestIds: readonly number[], nowMs: number): Promise<boolean> {
  const row = await db
    .selectFrom('tags')
    .select('id')
    .where('manifest_id', 'in', manifestIds)
    .where((eb) => eb.or([eb('end_ms', 'is', null), eb('end_ms', '>', nowMs)]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Manifests that keep these alive while they are alive themselves: their parent indexes and their subjects. */
async function listKeepers(db: Db, repositoryId: number, manifestIds: readonly number[]): Promise<number[]> {
  const parents = await db
    .selectFrom('manifest_children')
    .select('manifest_id as id')
    .where('child_manifest_id', 'in', manifestIds)
    .execute();
  const subjects = await db
    .selectFrom('manifests as referrer')
    .innerJoin('manifests as subject', (join) =>
      join
        .onRef('subject.digest', '=', 'referrer.subject_digest')
        .on('subject.repository_id', '=', repositoryId),
    )
    .select('subject.id as id')
    .where('referrer.id', 'in', manifestIds)
    .execute();
  return [...parents, ...subjects].map((row) => row.id);
}

/** Ends the blob's link to the repository now; its expiry is what leads collection to the blob. */
export async function endLink(
  db: Db,
  link: { readonly repositoryId: number; readonly blobId: number; readonly nowMs: number },
): Promise<void> {
  await db
    .updateTable('blob_links')
    .set({ expires_ms: link.nowMs })
    .where('repository_id', '=', link.repositoryId)
    .where('blob_id', '=', link.blobId)
    .where('expires_ms', '>', link.nowMs)
    .execute();
}

/** Marks the blob as deleted by a client in that repository. */
export async function hideBlob(db: Db, repositoryId: number, blobId: number): Promise<void> {
  await insertIgnore(db, 'hidden_blobs', { repository_id: repositoryId, blob_id: blobId });
}
