import type { TagName } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeActionLog } from '#/domain/logs/index.ts';
import { tagMissing } from '#/domain/manifests/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { clampEnd } from './clamp-end.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';
import { findAliveTag, setTagEnd } from './queries.ts';
import { tagImmutable } from './tag-immutable.ts';

export interface ChangeTagExpirationInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly tag: TagName;
  /** Null: the tag stays until it is deleted. */
  readonly expiresMs: number | null;
  readonly performer: Performer;
}

/**
 * Sets when an alive tag ends, within the bounds of the configuration (data model 8.1.7). Throws `invalid_request` for an instant that is
 * over, `tag_expired`, `manifest_unknown`, `tag_immutable`, `name_unknown`, `denied`.
 */
export async function changeTagExpiration(
  services: Services,
  input: ChangeTagExpirationInput,
): Promise<void> {
  const { repository, tag, expiresMs, performer } = input;
  await services.database.transaction(async (db) => {
    await lockWritableRepository(db, repository.id);
    const nowMs = services.clock.nowMs();
    const alive = await findAliveTag(db, repository.id, tag, nowMs);
    if (alive === undefined) throw await tagMissing(db, repository.id, tag);
    if (alive.isImmutable) throw tagImmutable(tag);
    if (expiresMs !== null && expiresMs <= nowMs) {
      throw new DomainError('invalid_request', 'The expiration must lie in the future.');
    }
    const endMs = expiresMs === null ? null : clampEnd(services, { ...alive, endMs: expiresMs, nowMs });
    if (endMs === alive.endMs) return;
    await setTagEnd(db, alive.tagId, endMs);
    await writeActionLog(services, db, {
      kind: 'change_tag_expiration',
      accountId: repository.namespaceId,
      performerId: performer.accountId,
      repositoryId: repository.id,
      ip: performer.ip,
      createdMs: nowMs,
      metadata: {
        ...performer.metadata,
        repo: repository.name,
        tag,
        namespace: repository.namespace,
        expiration_date: toSeconds(endMs),
        old_expiration_date: toSeconds(alive.endMs),
      },
    });
  });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
}

function toSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
