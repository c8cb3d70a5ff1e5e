import type { Digest } from '@wharf/oci';
import { createLookUpMemo } from '#/db/create-look-up-memo.ts';
import type { Services } from '#/domain/services.ts';
import type { Blob } from './blob.ts';
import { findVisibleBlob } from './queries/visible-blobs.ts';

const visibleBlobs = createLookUpMemo<Blob>();

/** The blob, if the repository may use it now: see findBlob. */
export async function lookUpBlob(
  { database, clock }: Services,
  { repositoryId, digest }: { readonly repositoryId: number; readonly digest: Digest },
): Promise<Blob | undefined> {
  const nowMs = clock.nowMs();
  return await visibleBlobs(database, {
    key: `${repositoryId} ${digest}`,
    nowMs,
    async load() {
      const found = await findVisibleBlob(database.read, repositoryId, digest, nowMs);
      return found && { value: found.blob, untilMs: found.untilMs };
    },
  });
}
