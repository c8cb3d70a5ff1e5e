import type { Digest, TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { clockSkewMs } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeActionLog } from '#/domain/logs/index.ts';
import { findStoredManifest, listChildIds } from '#/domain/manifests/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';
import { findAliveTag } from './queries.ts';
import { deleteTagRows, leaveEndedTags } from './queries-collection.ts';
import { listEndedTagIds } from './queries-history.ts';
import { tagImmutable } from './tag-immutable.ts';

export interface PermanentlyDeleteTagInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly tag: TagName;
  /** `alive`: the present tag; a digest: what the name meant in the past and ended. */
  readonly which: 'alive' | Digest;
  /** Also ended tags of the manifests that an index lists. */
  readonly withChildren: boolean;
  readonly performer: Performer;
}

/**
 * Takes a tag out of the time machine: it cannot be restored, and collection frees what nothing else keeps, without waiting for the
 * time of the namespace (REST reference 9.14). Throws `not_found` when there is no such row, `tag_immutable`, `name_unknown`, `denied`.
 */
export async function permanentlyDeleteTag(
  services: Services,
  input: PermanentlyDeleteTagInput,
): Promise<void> {
  const { repository, tag, performer } = input;
  await services.database.transaction(async (db) => {
    await lockWritableRepository(db, repository.id);
    const nowMs = services.clock.nowMs();
    const found = await findRows(db, input, nowMs);
    const childIds = input.withChildren ? await listChildIds(db, [found.manifestId]) : [];
    const childTagIds = await listEndedTagIds(db, {
      repositoryId: repository.id,
      manifestIds: childIds,
      nowMs,
    });
    await deleteTagRows(db, [...found.tagIds, ...childTagIds]);
    // By these collection finds what nothing keeps now.
    await leaveEndedTags(db, {
      repositoryId: repository.id,
      manifestIds: [found.manifestId, ...childIds],
      endMs: nowMs - clockSkewMs,
    });
    await writeActionLog(services, db, {
      kind: 'permanently_delete_tag',
      accountId: repository.namespaceId,
      performerId: performer.accountId,
      repositoryId: repository.id,
      ip: performer.ip,
      createdMs: nowMs,
      metadata: {
        ...performer.metadata,
        repo: repository.name,
        namespace: repository.namespace,
        tag,
        manifest_digest: found.digest,
      },
    });
  });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
}

async function findRows(
  db: Db,
  { repository, tag, which }: PermanentlyDeleteTagInput,
  nowMs: number,
): Promise<{
  readonly tagIds: readonly number[];
  readonly manifestId: number;
  readonly digest: Digest;
}> {
  if (which === 'alive') {
    const alive = await findAliveTag(db, repository.id, tag, nowMs);
    if (alive === undefined) throw notFound(tag);
    if (alive.isImmutable) throw tagImmutable(tag);
    return { tagIds: [alive.tagId], manifestId: alive.manifestId, digest: alive.digest };
  }
  const manifest = await findStoredManifest(db, repository.id, which);
  if (manifest === undefined) throw notFound(tag);
  const tagIds = await listEndedTagIds(db, {
    repositoryId: repository.id,
    name: tag,
    manifestIds: [manifest.id],
    nowMs,
  });
  if (tagIds.length === 0) throw notFound(tag);
  return { tagIds, manifestId: manifest.id, digest: manifest.digest };
}

function notFound(tag: TagName): DomainError {
  return new DomainError('not_found', `The time machine has no such tag ${tag}.`);
}
