import type { Digest, TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { revealBlobs } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Performer } from '#/domain/logs/index.ts';
import {
  findHeldManifests,
  findLifetimeSeconds,
  findManifestBlobs,
  findStoredManifest,
  listBlobIdsBelow,
  parseStoredManifest,
  renameSchema1,
  type StoredManifest,
  storeManifest,
} from '#/domain/manifests/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';
import { findAliveTag } from './queries.ts';
import { retargetTag } from './retarget-tag.ts';

export interface PointTagInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly tag: TagName;
  readonly digest: Digest;
  readonly performer: Performer;
}

export interface PointedTag {
  readonly nowMs: number;
  /** Of the manifest that the tag points at now: of a copy, where the manifest names its tag itself. */
  readonly digest: Digest;
  /** What the name meant before, if it was alive. */
  readonly previousDigest: Digest | undefined;
}

/**
 * Points a name at a manifest that the repository has, in one transaction in which `log` writes the audit row; a schema 1 manifest, which
 * names its tag, is copied under the new one (data model 8.1.6). Where `windowSeconds` is given, manifests count that only the
 * time machine holds, and what clients deleted of them comes back. Throws `manifest_unknown`, `tag_immutable`, `name_unknown`, `denied`.
 */
export async function pointTag(
  services: Services,
  input: PointTagInput,
  options: {
    readonly windowSeconds?: number;
    log(db: Db, pointed: PointedTag): Promise<void>;
  },
): Promise<void> {
  const { repository, tag, digest } = input;
  const stored = await findStoredManifest(services.database.read, repository.id, digest);
  if (stored === undefined) throw manifestUnknown(digest);
  const parsed = await parseStoredManifest(services, stored);
  const copy = await renameSchema1(services, { repository, parsed, tag });
  await services.database.transaction(async (db) => {
    const blobs = copy && (await findManifestBlobs(db, repository.id, copy, services.clock.nowMs()));
    await lockWritableRepository(db, repository.id);
    const nowMs = services.clock.nowMs();
    await requireHeld(db, stored, { nowMs, windowSeconds: options.windowSeconds ?? 0 });
    if (options.windowSeconds !== undefined) {
      await revealBlobs(db, repository.id, await listBlobIdsBelow(db, stored.id));
    }
    const manifestId =
      copy === undefined || blobs === undefined
        ? stored.id
        : await storeManifest(db, {
            repositoryId: repository.id,
            prepared: copy,
            blobs,
            nowMs,
            sparseIndex: services.settings.featureSparseIndex,
          });
    const previous = await findAliveTag(db, repository.id, tag, nowMs);
    await retargetTag(db, {
      repositoryId: repository.id,
      name: tag,
      manifestId,
      nowMs,
      lifetimeSeconds: await findLifetimeSeconds(db, { repositoryId: repository.id, manifestId, parsed }),
      isReversion: options.windowSeconds !== undefined,
    });
    await options.log(db, { nowMs, digest: copy?.digest ?? digest, previousDigest: previous?.digest });
  });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
}

/** It was looked up before the repository was locked: collection may have taken it. */
async function requireHeld(
  db: Db,
  stored: StoredManifest,
  { nowMs, windowSeconds }: { readonly nowMs: number; readonly windowSeconds: number },
): Promise<void> {
  const held = await findHeldManifests(db, [stored.id], { nowMs, windowMs: windowSeconds * 1000 });
  if (!held.has(stored.id)) throw manifestUnknown(stored.digest);
}

function manifestUnknown(digest: Digest): DomainError {
  return new DomainError('manifest_unknown', `There is no manifest ${digest} in this repository.`, {
    detail: { digest },
  });
}
