import { type Accept, acceptAllows, findManifestKind, listAcceptableKinds, type Reference } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { type ConvertedManifest, convertManifest } from './convert-manifest.ts';
import { lookUpManifest } from './look-up-manifest.ts';
import { findManifestBytes, type StoredManifest } from './queries.ts';

export interface ManifestRequest {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespace' | 'name'>;
  readonly reference: Reference;
  /** Counts for tags only: by digest the stored bytes are the answer. */
  readonly accept: Accept;
}

/** What a pull is answered with. */
export interface FoundManifest {
  /** Of the bytes, in the algorithm of the request. */
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Undefined when only the rest was asked for and nothing had to be converted. */
  readonly bytes: Buffer | undefined;
}

/**
 * The manifest that a reference names, as stored or, by tag, in the best form that the client accepts (registry protocol A10).
 * Throws `tag_expired`; `manifest_unknown` also when it has no acceptable form.
 */
export async function findManifest(services: Services, request: ManifestRequest): Promise<FoundManifest> {
  const found = await choose(services, request);
  if ('bytes' in found) return found;
  const bytes = await findManifestBytes(services.database.read, found.id);
  if (bytes !== undefined) return { ...found, bytes };
  throw new DomainError('manifest_unknown', 'The manifest was removed a moment ago.');
}

/** As findManifest, but reads no bytes where none have to be converted: for HEAD. */
export async function statManifest(services: Services, request: ManifestRequest): Promise<FoundManifest> {
  const found = await choose(services, request);
  return 'bytes' in found ? found : { ...found, bytes: undefined };
}

async function choose(
  services: Services,
  { repository, reference, accept }: ManifestRequest,
): Promise<StoredManifest | ConvertedManifest> {
  const stored = await lookUpManifest(services, repository.id, reference);
  if ('digest' in reference || acceptAllows(accept, stored.mediaType)) return stored;
  const kind = findManifestKind(stored.mediaType);
  const wanted = kind === undefined ? [] : listAcceptableKinds(accept, kind);
  if (kind !== undefined && wanted.includes(kind)) return stored;
  const target = { repository, tag: reference.tag, wanted };
  const converted = wanted.length === 0 ? undefined : await convertManifest(services, stored, target);
  if (converted !== undefined) return converted;
  throw new DomainError(
    'manifest_unknown',
    `The manifest is of the type ${stored.mediaType} and has none of the forms that this client accepts.`,
    { detail: { tag: reference.tag, media_type: stored.mediaType } },
  );
}
