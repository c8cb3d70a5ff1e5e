import type { AnyRoute } from '#/http/route.ts';
import { appendChunk } from '#/registry/blob-uploads/append-chunk.ts';
import { cancelUpload } from '#/registry/blob-uploads/cancel-upload.ts';
import { commitUpload } from '#/registry/blob-uploads/commit-upload.ts';
import { getUpload } from '#/registry/blob-uploads/get-upload.ts';
import { startUpload, startUploadWithoutSlash } from '#/registry/blob-uploads/start-upload.ts';
import { deleteBlob } from '#/registry/blobs/delete-blob.ts';
import { getBlob } from '#/registry/blobs/get-blob.ts';
import { headBlob } from '#/registry/blobs/head-blob.ts';
import { listCatalog } from '#/registry/catalog/list-catalog.ts';
import { deleteManifest } from '#/registry/manifests/delete-manifest.ts';
import { getManifest, headManifest } from '#/registry/manifests/get-manifest.ts';
import { putManifest } from '#/registry/manifests/put-manifest.ts';
import { recordingFailures } from '#/registry/manifests/recording-failures.ts';
import { listReferrers } from '#/registry/referrers/list-referrers.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';
import { listTags } from '#/registry/tags/list-tags.ts';
import { versionRoutes } from '#/registry/version/check-version.ts';

/** Every route of `/v2` but the token service, which has services of its own. */
export const registryRoutes: readonly AnyRoute<RegistryServices>[] = [
  ...versionRoutes,
  listCatalog,
  listTags,
  headBlob,
  getBlob,
  deleteBlob,
  startUpload,
  startUploadWithoutSlash,
  getUpload,
  appendChunk,
  commitUpload,
  cancelUpload,
  recordingFailures('pull_repo_failed', headManifest),
  recordingFailures('pull_repo_failed', getManifest),
  recordingFailures('push_repo_failed', putManifest),
  recordingFailures('delete_tag_failed', deleteManifest),
  listReferrers,
];
