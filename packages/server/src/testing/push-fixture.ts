import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Digest, type DigestAlgorithm, mediaTypes, parseReference, parseTagName } from '@wharf/oci';
import type { Database } from '#/db/database.ts';
import { findRepositoryById } from '#/domain/repositories/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import { type PushResult, pushManifest } from '#/domain/tags/index.ts';
import { uploadBlob } from '#/domain/uploads/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { bodyOf, digestOf } from './bytes.ts';
import { insertTestRepository } from './repositories.ts';
import { createTestServices } from './services.ts';

export interface TestBlob {
  readonly digest: Digest;
  readonly size: number;
}

export type Json = Readonly<Record<string, unknown>>;

/** One namespace with one repository, and what it takes to push into it without HTTP. */
export async function createPushFixture(
  database: Database,
  options: { readonly settings?: Partial<DomainSettings> } = {},
) {
  const clock = manualClock(Date.now());
  const services = createTestServices({ database, clock, settings: options.settings ?? {} });
  const repository = await findRepositoryById(database.read, await insertTestRepository(database, 'app'));
  if (repository === undefined) throw new Error('the repository was not made');
  const performer = { accountId: null, ip: '192.0.2.1', metadata: {} };

  const pushBlob = async (content: Buffer | string, algorithm?: DigestAlgorithm): Promise<TestBlob> => {
    const bytes = Buffer.from(content);
    const digest = digestOf(bytes, algorithm);
    await uploadBlob(services, { repositoryId: repository.id, digest, body: bodyOf(bytes) });
    return { digest, size: bytes.length };
  };

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

export type PushFixture = Awaited<ReturnType<typeof createPushFixture>>;

/** The bytes of a manifest under test. */
export function encode(manifest: Json): Buffer {
  return Buffer.from(JSON.stringify(manifest));
}

/** Descriptor of a manifest, for an index or as a subject. */
export function describeManifest(manifest: Json, more: Json = {}): Json {
  const bytes = encode(manifest);
  return { mediaType: manifest.mediaType, digest: digestOf(bytes), size: bytes.length, ...more };
}

export function makeIndex(manifests: readonly Json[], more: Json = {}): Json {
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests, ...more };
}
