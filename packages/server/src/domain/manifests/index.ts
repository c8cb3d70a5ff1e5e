export { findLifetimeSeconds } from './find-lifetime-seconds.ts';
export { type FoundManifest, findManifest, type ManifestRequest, statManifest } from './find-manifest.ts';
export { findManifestBlobs } from './find-manifest-blobs.ts';
export { deepestIndex } from './index-content.ts';
export { isIndexType } from './is-index-type.ts';
export { type ImageLayer, listImageLayers } from './list-image-layers.ts';
export { listReferrers } from './list-referrers.ts';
export { lookUpManifest } from './look-up-manifest.ts';
export { getManifestBytes, parseStoredManifest } from './parse-stored-manifest.ts';
export { type PreparedManifest, prepareManifest } from './prepare-manifest.ts';
export { findStoredManifest, type StoredManifest } from './queries.ts';
export { listBlobIdsBelow } from './queries-blobs.ts';
export {
  countLabels,
  deleteLabel,
  findLabel,
  insertApiLabel,
  listLabels,
  type StoredLabel,
} from './queries-labels.ts';
export { findHeldManifests } from './queries-reachability.ts';
export {
  deleteManifestRows,
  listBlobsOfManifests,
  listChildIds,
  listStrayManifests,
  listUnkeptManifests,
} from './queries-removal.ts';
export { renameSchema1 } from './rename-schema1.ts';
export { storeManifest } from './store-manifest.ts';
export { tagMissing } from './tag-missing.ts';
