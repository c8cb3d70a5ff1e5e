import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Digest, makeDigest, mediaTypes, parseReference, parseTagName } from '@wharf/oci';
import type { Database } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { DomainSettings, Services } from '#/domain/services.ts';
import { type PushResult, pushManifest } from '#/domain/tags/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { blobPath } from '#/storage/paths.ts';
import { createTestServices } from './services.ts';

export interface TestBlob {
  readonly digest: Digest;
  readonly size: number;
}

/** A descriptor as it stands in a manifest. */
export interface TestDescriptor extends TestBlob {
  readonly mediaType: string;
}

export type Json = Readonly<Record<string, unknown>>;

/** One namespace with one repository, and what it takes to push into it without HTTP. */
export async function createRegistryFixture(
  database: Database,
  options: { readonly settings?: Partial<DomainSettings>; readonly startMs?: number } = {},
) {
  const clock = manualClock(options.startMs ?? 1_700_000_000_000);
  const services = createTestServices({ database, clock, settings: options.settings ?? {} });
  const repository = await createRepositoryRow(services, 'acme', 'app');
  const performer = { accountId: null, ip: '192.0.2.1', metadata: {} };

  const pushBlob = (content: Buffer | string, algorithm: 'sha256' | 'sha512' = 'sha256') =>
    storeTestBlob(services, repository.id, Buffer.from(content), algorithm);

  const push = (
    manifest: Buffer | Json,
    reference: string,
    more: { readonly mediaType?: string | undefined; readonly tags?: readonly string[] } = {},
  ): Promise<PushResult> => {
    const bytes = Buffer.isBuffer(manifest) ? manifest : encode(manifest);
    const named = Buffer.isBuffer(manifest) ? undefined : manifest.mediaType;
    return pushManifest(services, {
      repository,
      mediaType: more.mediaType ?? (typeof named === 'string' ? named : undefined),
      bytes,
      reference: parseReference(reference),
      tags: (more.tags ?? []).map(parseTagName),
      performer,
    });
  };

  /** An OCI image of one layer that is like no other, with its blobs pushed. */
  const makeImage = async (
    more: {
      readonly labels?: Json;
      readonly layer?: string;
      readonly manifest?: Json;
      readonly config?: Json;
    } = {},
  ): Promise<Json> => {
    const layer = await pushBlob(gzipSync(more.layer ?? randomUUID()));
    const config = await pushBlob(
      JSON.stringify({
        architecture: 'amd64',
        os: 'linux',
        config: { Labels: more.labels ?? {} },
        history: [{ created_by: 'make' }],
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
        ...more.config,
      }),
    );
    return {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: { mediaType: mediaTypes.ociConfig, ...config },
      layers: [{ mediaType: mediaTypes.ociLayerGzip, ...layer }],
      ...more.manifest,
    };
  };

  return { services, clock, repository, performer, pushBlob, push, makeImage };
}

export type RegistryFixture = Awaited<ReturnType<typeof createRegistryFixture>>;

/** The bytes of a manifest under test. */
export function encode(manifest: Json): Buffer {
  return Buffer.from(JSON.stringify(manifest));
}

export function digestOfBytes(bytes: Buffer, algorithm: 'sha256' | 'sha512' = 'sha256'): Digest {
  return makeDigest(algorithm, createHash(algorithm).update(bytes).digest('hex'));
}

/** Descriptor of a manifest, for an index or as a subject. */
export function describeManifest(manifest: Json, more: Json = {}): Json {
  const bytes = encode(manifest);
  return { mediaType: manifest.mediaType, digest: digestOfBytes(bytes), size: bytes.length, ...more };
}

export function makeIndex(manifests: readonly Json[], more: Json = {}): Json {
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests, ...more };
}

async function createRepositoryRow(services: Services, namespace: string, name: string) {
  return services.database.transaction(async (db) => {
    const createdMs = services.clock.nowMs();
    const namespaceId = await insertRow(db, 'accounts', {
      uuid: randomUUID(),
      kind: 'organization',
      name: namespace,
      email: null,
      password_hash: null,
      owner_id: null,
      enabled: 1,
      verified: 1,
      superuser: 0,
      given_name: null,
      family_name: null,
      company: null,
      location: null,
      invoice_email: 0,
      invoice_email_address: null,
      invalid_login_attempts: 0,
      last_invalid_login_ms: null,
      tag_expiration_s: 1_209_600,
      maximum_queued_builds: null,
      created_ms: createdMs,
      last_accessed_ms: null,
      sessions_valid_from_ms: 0,
    });
    const id = await insertRow(db, 'repositories', {
      uuid: randomUUID(),
      namespace_id: namespaceId,
      name,
      visibility: 'private',
      kind: 'image',
      state: 'NORMAL',
      description: '',
      badge_token: randomUUID(),
      trust_enabled: 0,
      created_ms: createdMs,
      event_number: 0,
    });
    return { id, namespaceId, namespace, name };
  });
}

async function storeTestBlob(
  services: Services,
  repositoryId: number,
  bytes: Buffer,
  algorithm: 'sha256' | 'sha512',
): Promise<TestBlob> {
  const digest = digestOfBytes(bytes, algorithm);
  const { name, driver } = services.storage.preferred;
  await driver.put(blobPath(digest), bytes);
  const nowMs = services.clock.nowMs();
  await services.database.transaction(async (db) => {
    await insertIgnore(db, 'storage_locations', { name });
    const location = await db
      .selectFrom('storage_locations')
      .select('id')
      .where('name', '=', name)
      .executeTakeFirstOrThrow();
    await insertIgnore(db, 'blobs', {
      digest,
      size_bytes: bytes.length,
      uncompressed_size_bytes: null,
      legacy_uuid: null,
      created_ms: nowMs,
      lease_expires_ms: nowMs,
    });
    const blob = await db
      .selectFrom('blobs')
      .select('id')
      .where('digest', '=', digest)
      .executeTakeFirstOrThrow();
    await insertIgnore(db, 'blob_placements', { blob_id: blob.id, location_id: location.id });
    await insertIgnore(db, 'blob_links', {
      repository_id: repositoryId,
      blob_id: blob.id,
      expires_ms: nowMs + services.settings.pushTemporaryTagExpirationSeconds * 1000,
    });
    await db
      .deleteFrom('hidden_blobs')
      .where('repository_id', '=', repositoryId)
      .where('blob_id', '=', blob.id)
      .execute();
  });
  return { digest, size: bytes.length };
}
