import type { Digest } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { Performer } from '#/domain/logs/index.ts';
import { findStoredManifest } from '#/domain/manifests/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { endTags } from './end-tags.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';
import { listHoldingTags } from './queries.ts';
import { tagImmutable } from './tag-immutable.ts';

export interface DeleteManifestInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly digest: Digest;
  readonly performer: Performer;
}

/**
 * Ends every alive tag of a manifest, hidden ones too (registry protocol A11): it is gone by its digest unless an index keeps it.
 * Throws `manifest_unknown` when there is no such tag, `tag_immutable`, `name_unknown`, `denied`.
 */
export async function deleteManifest(services: Services, input: DeleteManifestInput): Promise<void> {
  const { repository, digest } = input;
  await services.database.transaction(async (db) => {
    await lockWritableRepository(db, repository.id);
    const nowMs = services.clock.nowMs();
    const manifest = await findStoredManifest(db, repository.id, digest);
    const tags = manifest === undefined ? [] : await listHoldingTags(db, manifest.id, nowMs);
    if (tags.length === 0) {
      throw new DomainError('manifest_unknown', `No tag of this repository points at ${digest}.`, {
        detail: { digest },
      });
    }
    const immutable = tags.find(({ isImmutable }) => isImmutable);
    if (immutable !== undefined) throw tagImmutable(immutable.name);
    await endTags(services, db, tags, { ...input, nowMs });
  });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
}
