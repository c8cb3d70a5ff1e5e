import type { Digest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { type Performer, writeActionLog } from '#/domain/logs/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { deleteCurrentTag, type HoldingTag, setTagEnd } from './queries.ts';

export interface TagDeletion {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly digest: Digest;
  readonly performer: Performer;
  readonly nowMs: number;
}

/**
 * Ends alive tags inside the transaction `db`, in which the repository's row is locked: the visible ones with an entry of the log
 * each, the hidden ones silently. Nothing is removed (registry protocol A13.4).
 */
export async function endTags(
  services: Services,
  db: Db,
  tags: readonly HoldingTag[],
  deletion: TagDeletion,
): Promise<void> {
  for (const tag of tags) {
    await setTagEnd(db, tag.tagId, Math.max(deletion.nowMs, tag.startMs));
    if (tag.isHidden) continue;
    await deleteCurrentTag(db, tag.tagId);
    await logDeletion(services, db, tag.name, deletion);
  }
}

async function logDeletion(
  services: Services,
  db: Db,
  tag: string,
  { repository, digest, performer, nowMs }: TagDeletion,
): Promise<void> {
  const { accountId, ip, metadata } = performer;
  await writeActionLog(services, db, {
    kind: 'delete_tag',
    accountId: repository.namespaceId,
    performerId: accountId,
    repositoryId: repository.id,
    ip,
    createdMs: nowMs,
    metadata: { ...metadata, repo: repository.name, namespace: repository.namespace, tag, digest },
  });
}
