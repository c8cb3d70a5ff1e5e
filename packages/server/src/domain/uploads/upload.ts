import type { DigestAlgorithm } from '@wharf/oci';
import type { UploadState } from '#/storage/driver.ts';

/** An open upload as callers see it; it belongs to one repository. */
export interface Upload {
  readonly uuid: string;
  readonly repositoryId: number;
  /** Bytes that are durable and accounted for. */
  readonly sizeBytes: number;
  /** What the client announced, sha256 when silent. */
  readonly algorithm: DigestAlgorithm;
}

/** An upload with all that its row holds. */
export interface UploadRecord extends Upload {
  readonly id: number;
  readonly location: string;
  readonly digestSoFar: string | undefined;
  readonly hashState: Buffer | undefined;
  readonly store: UploadStore;
  readonly lockOwner: string | undefined;
  readonly lockExpiresMs: number;
  readonly updatedMs: number;
}

/** What names the bytes of an upload in its location. */
export interface UploadStore {
  /** Id of the upload in the driver: the uuid, or another one that starts with it after a writer was lost. */
  readonly id: string;
  readonly state: UploadState;
}

/** Where the body of a request belongs and how long it is, as far as its headers say. */
export interface BodyPlacement {
  /** Both ends included. */
  readonly range?: { readonly start: number; readonly end: number };
  /** Absent when the transfer is chunked. */
  readonly lengthBytes?: number;
}
