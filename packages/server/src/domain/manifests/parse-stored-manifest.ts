import { type ParsedManifest, parseManifest } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { findManifestBytes, type StoredManifest } from './queries.ts';

/** What a stored manifest says. Throws `manifest_unknown` when it was collected meanwhile. */
export async function parseStoredManifest(
  services: Pick<Services, 'database'>,
  stored: StoredManifest,
): Promise<ParsedManifest> {
  return parseManifest(stored.mediaType, await getManifestBytes(services, stored));
}

/** Exactly as received. Throws `manifest_unknown` when it was collected meanwhile. */
export async function getManifestBytes(
  { database }: Pick<Services, 'database'>,
  stored: StoredManifest,
): Promise<Buffer> {
  const bytes = await findManifestBytes(database.read, stored.id);
  if (bytes !== undefined) return bytes;
  throw new DomainError('manifest_unknown', 'The manifest was removed a moment ago.');
}
