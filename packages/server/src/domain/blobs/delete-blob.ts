import type { Digest } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import { advanceRepository } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { lockBlobs } from './queries/blob-rows.ts';
import { endLink, hideBlob, isUsedByAliveManifest, isUsedByManifest } from './queries/blob-use.ts';
import { findBlob } from './queries/visible-blobs.ts';

/**
 * Takes a blob out of a repository (registry protocol, DELETE of a blob): it is unknown there at once, also to manifests of the time
 * machine, until it is uploaded or mounted again or a tag that needs it is restored. Throws `blob_unknown`, and `blob_referenced`
 * while a manifest that people can pull needs it. Storage is freed by collection only.
 */
export async function deleteBlob(
  services: Services,
  input: { readonly repositoryId: number; readonly digest: Digest },
): Promise<void> {
  const { repositoryId, digest } = input;
  await services.database.transaction(async (db) => {
    const nowMs = services.clock.nowMs();
    await lockBlobs(db, [digest]);
    // After the blob, as every transaction: a push that gives an old manifest a parent or a tag comes before or after this one.
    await advanceRepository(db, repositoryId);
    const blob = await findBlob(db, repositoryId, digest, nowMs);
    if (blob === undefined) {
      throw new DomainError('blob_unknown', 'The blob is not in this repository.', { detail: { digest } });
    }
    if (await isUsedByAliveManifest(db, repositoryId, blob.id, nowMs)) {
      throw new DomainError(
        'blob_referenced',
        'A manifest of this repository needs the blob; delete its tags first.',
        {
          detail: { digest },
        },
      );
    }
    await endLink(db, { repositoryId, blobId: blob.id, nowMs });
    if (await isUsedByManifest(db, repositoryId, blob.id)) await hideBlob(db, repositoryId, blob.id);
  });
}
