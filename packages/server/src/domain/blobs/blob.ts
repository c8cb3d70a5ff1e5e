import type { Digest } from '@wharf/oci';
import { blobPath, legacyLayerPath } from '#/storage/paths.ts';

/** A blob as operations see it; `locations` names every place that holds its object. */
export interface Blob {
  readonly id: number;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly locations: readonly string[];
  /** Of a layer from an old Quay, stored by uuid. */
  readonly legacyUuid: string | null;
}

/** Where the object of a blob lies, in each of its locations. */
export function objectPathOf(blob: Pick<Blob, 'digest' | 'legacyUuid'>): string {
  return blob.legacyUuid === null ? blobPath(blob.digest) : legacyLayerPath(blob.legacyUuid);
}
