import type { Digest } from '@wharf/oci';

/** Object of a blob by its digest: `sha256/ab/abcd...`, the layout of an existing Quay store. */
export function blobPath(digest: Digest): string {
  const colon = digest.indexOf(':');
  const algorithm = digest.slice(0, colon).replaceAll(/[+.]/g, '/');
  const encoded = digest.slice(colon + 1);
  return `${algorithm}/${encoded.slice(0, 2)}/${encoded}`;
}

/** Layer that an old Quay stored by uuid instead of by digest. */
export function legacyLayerPath(storageUuid: string): string {
  return `sharedimages/${storageUuid}/layer`;
}

/** A running upload. */
export function uploadPath(uploadId: string): string {
  return `uploads/${uploadId}`;
}

/** A batch of the action log, under Quay's name for its newest table of it. `folder` has no slashes at its ends. */
export function actionLogArchivePath(
  folder: string,
  batch: { readonly firstId: number; readonly lastId: number },
): string {
  return `${folder}/${batch.firstId}-${batch.lastId}-logentry3.txt.gz`;
}

/** An export of the action log by the id in its link. */
export function exportedLogsPath(folder: string, fileId: string): string {
  return `${folder}/${fileId}`;
}

/** A file that somebody uploaded, by its unguessable id. */
export function userFilePath(folder: string, fileId: string): string {
  return `${folder}/${fileId}`;
}

/** Written by the self-test. */
export const verifyPath = '_verify';

/** Written and removed again by `wharf doctor`; `id` makes it its own. */
export function roundTripPath(id: string): string {
  return `_doctor/${id}`;
}
