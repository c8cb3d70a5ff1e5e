import { createHash } from 'node:crypto';
import {
  findManifestKind,
  type ImageManifest,
  type IndexManifest,
  type ManifestKind,
  makeDigest,
  manifestMediaType,
  type ParsedManifest,
  parseManifest,
  type TagName,
} from '@wharf/oci';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { getManifestSigningKey } from './manifest-signing-key.ts';
import { findManifestBytes, findStoredManifests, type StoredManifest } from './queries.ts';
import { readImageConfig } from './read-image-config.ts';
import {
  contentOfSchema1,
  convertToSchema1,
  formatSchema1,
  isConvertibleToSchema1,
  type Schema1Content,
  signSchema1,
  unsignSchema1,
} from './schema1/index.ts';

/** A manifest made for one answer. */
export interface ConvertedManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly bytes: Buffer;
}

export interface ConversionTarget {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespace' | 'name'>;
  /** Named in schema 1 manifests. */
  readonly tag: TagName;
  /** Best first. */
  readonly wanted: readonly ManifestKind[];
}

/**
 * The first wanted form that the manifest has (registry protocol A9.3): an index stands for its linux/amd64 image, an image can be
 * written as schema 1, a signed manifest without its signatures. Undefined if it has none of them.
 */
export async function convertManifest(
  services: Services,
  stored: StoredManifest,
  target: ConversionTarget,
): Promise<StoredManifest | ConvertedManifest | undefined> {
  const bytes = await findManifestBytes(services.database.read, stored.id);
  if (bytes === undefined) return undefined;
  const parsed = parseManifest(stored.mediaType, bytes);
  if (isIndex(parsed)) {
    const image = await findPlatformImage(services, target.repository.id, parsed);
    if (image === undefined) return undefined;
    const kind = findManifestKind(image.mediaType);
    if (kind !== undefined && target.wanted.includes(kind)) return image;
    return isIndexKind(kind) ? undefined : convertManifest(services, image, target);
  }
  if (parsed.kind === 'schema1-signed' && target.wanted.includes('schema1')) {
    return asAnswer('schema1', unsignSchema1(bytes));
  }
  if (parsed.kind === 'schema1' && target.wanted.includes('schema1-signed')) {
    return asSigned(services, contentOfSchema1(parsed));
  }
  if (parsed.kind !== 'schema2' && parsed.kind !== 'oci-manifest') return undefined;
  return writeAsSchema1(services, parsed, target);
}

async function writeAsSchema1(
  services: Services,
  manifest: ImageManifest,
  { repository, tag, wanted }: ConversionTarget,
): Promise<ConvertedManifest | undefined> {
  const kind = wanted.find((candidate) => candidate === 'schema1-signed' || candidate === 'schema1');
  if (kind === undefined || !isConvertibleToSchema1(manifest)) return undefined;
  const config = await readImageConfig(services, repository.id, manifest.config);
  if (config === undefined) return undefined;
  const name = `${repository.namespace}/${repository.name}`;
  const content = convertToSchema1({ manifest, config, name, tag });
  if (content === undefined) return undefined;
  if (kind === 'schema1') return asAnswer(kind, formatSchema1(content));
  return asSigned(services, content);
}

async function asSigned(services: Services, content: Schema1Content): Promise<ConvertedManifest> {
  const signed = signSchema1(content, await getManifestSigningKey(), services.clock.nowMs());
  return asAnswer('schema1-signed', signed.bytes, signed.payload);
}

function asAnswer(kind: ManifestKind, bytes: Buffer, payload: Buffer = bytes): ConvertedManifest {
  const digest = makeDigest('sha256', createHash('sha256').update(payload).digest('hex'));
  return { digest, mediaType: manifestMediaType(kind), sizeBytes: bytes.length, bytes };
}

/** What a client without support for lists would have run. */
async function findPlatformImage(
  services: Services,
  repositoryId: number,
  index: IndexManifest,
): Promise<StoredManifest | undefined> {
  const child = index.children.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64',
  );
  if (child === undefined) return undefined;
  const stored = await findStoredManifests(services.database.read, repositoryId, [child.digest]);
  return stored.get(child.digest);
}

function isIndex(parsed: ParsedManifest): parsed is IndexManifest {
  return isIndexKind(parsed.kind);
}

function isIndexKind(kind: ManifestKind | undefined): boolean {
  return kind === 'list' || kind === 'oci-index';
}
