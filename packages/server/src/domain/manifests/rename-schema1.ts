import type { ParsedManifest, TagName } from '@wharf/oci';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { getManifestSigningKey } from './manifest-signing-key.ts';
import { type PreparedManifest, prepareManifest } from './prepare-manifest.ts';
import { retagSchema1 } from './schema1/index.ts';

/**
 * The copy of a schema 1 manifest that another tag needs, since the manifest names its tag (data model 8.1.6); undefined for every other
 * manifest, and for the tag that it names.
 */
export async function renameSchema1(
  services: Services,
  input: {
    readonly repository: Pick<RepositoryReference, 'id' | 'namespace' | 'name'>;
    readonly parsed: ParsedManifest;
    readonly tag: TagName;
  },
): Promise<PreparedManifest | undefined> {
  const { repository, parsed, tag } = input;
  if (parsed.kind !== 'schema1' && parsed.kind !== 'schema1-signed') return undefined;
  if (parsed.tag === tag) return undefined;
  const { bytes } = retagSchema1({
    manifest: parsed,
    tag,
    key: await getManifestSigningKey(),
    signedAtMs: services.clock.nowMs(),
  });
  return prepareManifest(services, {
    repository,
    mediaType: parsed.mediaType,
    bytes,
    reference: { tag },
  });
}
