import type { TagName } from '@wharf/oci';
import type { Performer } from '#/domain/logs/index.ts';
import { tagMissing } from '#/domain/manifests/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { endTags } from './end-tags.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';
import { findAliveTag } from './queries.ts';
import { tagImmutable } from './tag-immutable.ts';

export interface DeleteTagInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly tag: TagName;
  readonly performer: Performer;
}

/**
 * Ends an alive tag now; what it pointed at stays for the time machine (registry protocol A11, A13.4).
 * Throws `tag_expired` and `manifest_unknown` as a pull would, `tag_immutable`, `name_unknown`, `denied`.
 */
export async function deleteTag(services: Services, input: DeleteTagInput): Promise<void> {
  const { repository, tag } = input;
  await services.database.transaction(async (db) => {
    await lockWritableRepository(db, repository.id);
    const nowMs = services.clock.nowMs();
    const alive = await findAliveTag(db, repository.id, tag, nowMs);
    if (alive === undefined) throw await tagMissing(db, repository.id, tag);
    if (alive.isImmutable) throw tagImmutable(tag);
    await endTags(services, db, [alive], { ...input, digest: alive.digest, nowMs });
  });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
}
