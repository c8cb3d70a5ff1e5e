export { type Blob, objectPathOf } from './blob.ts';
export { deleteBlob } from './delete-blob.ts';
export { ensureEmptyLayer } from './ensure-empty-layer.ts';
export { expireBlobLinks } from './expire-blob-links.ts';
export { clockSkewMs } from './leases.ts';
export { getLocationId } from './location-id.ts';
export { lookUpBlob } from './look-up-blob.ts';
export { mountBlob } from './mount-blob.ts';
export { findBlobFilePath, openBlob, openBlobFile, readBlob, signedBlobUrl } from './open-blob.ts';
export {
  forgetHiddenBlobs,
  leaveExpiredLinks,
  listLinkedBlobIds,
  revealBlobs,
} from './queries/blob-links.ts';
export { lockBlobs } from './queries/blob-rows.ts';
export { scheduleBlobDeletion, unlinkBlob } from './queries/unused-blobs.ts';
export { findBlob, findBlobs, findStoredBlob, listRepositoriesWithBlob } from './queries/visible-blobs.ts';
export { getRegistrySize, measureRegistrySize, queueRegistrySize } from './registry-size.ts';
export { runBlobDeletions } from './run-blob-deletions.ts';
export { fromStore, storageFailure } from './storage-failure.ts';
export { type StoreBlobInput, type StoredBlob, storeBlob } from './store-blob.ts';
