import { createHash } from 'node:crypto';
import {
  type Digest,
  digestAlgorithm,
  type ImageConfig,
  isImageConfigType,
  makeDigest,
  type ParsedManifest,
  parseManifest,
  type Reference,
  type Schema1Manifest,
} from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { checkHistory } from './check-history.ts';
import { checkSchema1Name } from './check-schema1-name.ts';
import { collectLabels, type ManifestLabel } from './collect-labels.ts';
import { refusing } from './manifest-refused.ts';
import { readImageConfig } from './read-image-config.ts';
import { verifySchema1 } from './schema1/index.ts';

/** A manifest that was read and found sound by itself, before the database is asked whether it may be stored. */
export interface PreparedManifest {
  readonly parsed: ParsedManifest;
  /** Exactly as received. */
  readonly bytes: Buffer;
  readonly digest: Digest;
  readonly labels: readonly ManifestLabel[];
}

export interface PushedManifest {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespace' | 'name'>;
  /** The `Content-Type` header; absent or `application/json` leaves the decision to the body. */
  readonly mediaType: string | undefined;
  readonly bytes: Buffer;
  readonly reference: Reference;
}

/**
 * Parses a pushed manifest, computes its digest in the algorithm of the reference, and collects the labels, for which it reads
 * the image configuration from storage (registry protocol A8.2, A8.3, A12). Throws `manifest_too_large`,
 * `manifest_type_unsupported`, `manifest_invalid`, `manifest_unverified`, `digest_mismatch`, `name_invalid`,
 * `manifest_blob_unknown` (the configuration).
 */
export async function prepareManifest(services: Services, pushed: PushedManifest): Promise<PreparedManifest> {
  const { bytes, reference } = pushed;
  const limitBytes = services.settings.maximumManifestSizeBytes;
  if (bytes.length > limitBytes) {
    throw new DomainError('manifest_too_large', `A manifest may have at most ${limitBytes} bytes.`, {
      detail: { max_allowed: limitBytes, uploaded: bytes.length },
    });
  }
  const parsed = refusing(() => parseManifest(pushed.mediaType, bytes));
  if (services.settings.featureOciManifests === false) refuseOci(parsed.mediaType);
  const digest = digestOf(payloadOf(parsed, bytes), reference);
  if (isSchema1(parsed)) checkSchema1Name(parsed, pushed.repository, services.settings.libraryNamespace);
  const config = await findConfig(services, pushed.repository.id, parsed);
  if (config !== undefined && parsed.kind === 'schema2') checkHistory(parsed.layers.length, config);
  return { parsed, bytes, digest, labels: collectLabels(parsed, config) };
}

function refuseOci(mediaType: string): void {
  if (!mediaType.startsWith('application/vnd.oci.')) return;
  throw new DomainError(
    'manifest_type_unsupported',
    'This registry takes no OCI manifests: push the image in the Docker format.',
  );
}

/** What the digest is taken of: all of it, but for signed schema 1 only what was signed. */
function payloadOf(parsed: ParsedManifest, bytes: Buffer): Buffer {
  return parsed.kind === 'schema1-signed' ? verifySchema1(bytes) : bytes;
}

function isSchema1(parsed: ParsedManifest): parsed is Schema1Manifest {
  return parsed.kind === 'schema1' || parsed.kind === 'schema1-signed';
}

function digestOf(bytes: Buffer, reference: Reference): Digest {
  if ('tag' in reference) return hash(bytes, 'sha256');
  const computed = hash(bytes, digestAlgorithm(reference.digest));
  if (computed === reference.digest) return computed;
  throw new DomainError(
    'digest_mismatch',
    `The manifest has the digest ${computed}, but was pushed as ${reference.digest}.`,
    { detail: { computed, expected: reference.digest } },
  );
}

function hash(bytes: Buffer, algorithm: 'sha256' | 'sha512'): Digest {
  return makeDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
}

/** Only what is an image has a configuration with labels and history. */
async function findConfig(
  services: Services,
  repositoryId: number,
  parsed: ParsedManifest,
): Promise<ImageConfig | undefined> {
  if (parsed.config === undefined || !isImageConfigType(parsed.config.mediaType)) return undefined;
  return readImageConfig(services, repositoryId, parsed.config);
}
