import { emptyLayerDigest } from '@wharf/oci';
import type { Services } from '#/domain/services.ts';
import { emptyLayerBytes } from './empty-layer.ts';
import { findStoredBlob } from './queries/visible-blobs.ts';
import { fromStore } from './storage-failure.ts';
import { storeBlob } from './store-blob.ts';

/** Makes the shared empty layer if it is missing; a read-only registry is left as it is. For the start, and idempotent. */
export async function ensureEmptyLayer(services: Services): Promise<void> {
  const { database, storage, settings } = services;
  if (settings.readOnly) return;
  if ((await findStoredBlob(database.read, emptyLayerDigest)) !== undefined) return;
  const location = storage.preferred;
  await storeBlob(services, {
    digest: emptyLayerDigest,
    sizeBytes: emptyLayerBytes.length,
    location,
    repositoryId: undefined,
    place: async (path) => {
      await fromStore(() => location.driver.put(path, emptyLayerBytes));
    },
  });
}
