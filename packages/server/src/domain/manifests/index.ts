export { findLifetimeSeconds } from './find-lifetime-seconds.ts';
export { type FoundManifest, findManifest, type ManifestRequest, statManifest } from './find-manifest.ts';
export { findManifestBlobs } from './find-manifest-blobs.ts';
export { deepestIndex } from './index-content.ts';
export { listReferrers } from './list-referrers.ts';
export { type PreparedManifest, prepareManifest } from './prepare-manifest.ts';
export { findStoredManifest } from './queries.ts';
export {
  deleteManifestRows,
  listBlobsOfManifests,
  listChildIds,
  listStrayManifests,
  listUnkeptManifests,
} from './queries-removal.ts';
export { storeManifest } from './store-manifest.ts';
export { tagMissing } from './tag-missing.ts';
