import type { Digest } from '@wharf/oci';
import { asNameUnknown } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Blob } from './blob.ts';
import { linkBlob } from './queries/blob-links.ts';
import { lockBlobs } from './queries/blob-rows.ts';
import { findBlob } from './queries/visible-blobs.ts';

/**
 * Makes a blob of one repository visible in another without moving bytes (registry protocol, cross-repository mount), until
 * `PUSH_TEMP_TAG_EXPIRATION_SEC` is over; undefined when it is not visible in the source. The caller has checked that its
 * principal may read `from`; without a source, only what the target holds already is found (see listRepositoriesWithBlob). Throws `name_unknown`.
 */
export async function mountBlob(
  services: Services,
  input: { readonly digest: Digest; readonly from: number | undefined; readonly to: number },
): Promise<Blob | undefined> {
  const { database, clock, settings } = services;
  return await asNameUnknown(services, input.to, () =>
    database.transaction(async (db) => {
      const nowMs = clock.nowMs();
      await lockBlobs(db, [input.digest]);
      const blob = await findBlob(db, input.from ?? input.to, input.digest, nowMs);
      if (blob === undefined) return undefined;
      await linkBlob(db, {
        repositoryId: input.to,
        blobId: blob.id,
        expiresMs: nowMs + settings.pushTemporaryTagExpirationSeconds * 1000,
      });
      return blob;
    }),
  );
}
