import type { Digest, Reference, TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { type Performer, writeActionLog } from '#/domain/logs/index.ts';
import {
  findLifetimeSeconds,
  findManifestBlobs,
  type PreparedManifest,
  prepareManifest,
  storeManifest,
} from '#/domain/manifests/index.ts';
import { announce } from '#/domain/notifications/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { holdTemporarily } from './hold-temporarily.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';
import { listPushedTags } from './pushed-tags.ts';
import { retargetTag } from './retarget-tag.ts';

export interface PushManifestInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  /** The `Content-Type` header as received. */
  readonly mediaType: string | undefined;
  readonly bytes: Buffer;
  readonly reference: Reference;
  /** Names to point at a manifest pushed by digest (OCI 1.2-dev `tag` parameters). */
  readonly tags: readonly TagName[];
  readonly performer: Performer;
}

export interface PushResult {
  readonly digest: Digest;
  readonly mediaType: string;
  /** What the manifest refers to: the answer carries it as `OCI-Subject`. */
  readonly subjectDigest: Digest | undefined;
  readonly tags: readonly TagName[];
}

/**
 * Stores a manifest and points its tags at it in one transaction (registry protocol A8, A13); a manifest pushed by digest alone is
 * kept by a hidden tag. Throws what prepareManifest and storeManifest throw, `tag_immutable`, `tag_invalid`, `name_unknown`,
 * `denied`, `too_large` (too many tags).
 */
export async function pushManifest(services: Services, input: PushManifestInput): Promise<PushResult> {
  const { repository, reference } = input;
  const prepared = await prepareManifest(services, {
    repository,
    mediaType: input.mediaType,
    bytes: input.bytes,
    reference,
  });
  const tags = listPushedTags(input, prepared);
  await services.database.transaction((db) => storeTagged(db, services, { ...input, prepared, tags }));
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
  const { parsed, digest } = prepared;
  return { digest, mediaType: parsed.mediaType, subjectDigest: parsed.subject?.digest, tags };
}

interface TaggedManifest extends PushManifestInput {
  readonly prepared: PreparedManifest;
}

async function storeTagged(db: Db, services: Services, push: TaggedManifest): Promise<void> {
  const { clock, settings } = services;
  const { repository, prepared, tags } = push;
  const repositoryId = repository.id;
  const blobs = await findManifestBlobs(db, repositoryId, prepared, clock.nowMs());
  const eventNumber = await lockWritableRepository(db, repositoryId);
  const nowMs = clock.nowMs();
  const sparseIndex = settings.featureSparseIndex;
  const manifestId = await storeManifest(db, { repositoryId, prepared, blobs, nowMs, sparseIndex });
  if (tags.length === 0) {
    const temporaryMs = settings.pushTemporaryTagExpirationSeconds * 1000;
    const untilMs = prepared.parsed.subject === undefined ? nowMs + temporaryMs : null;
    await holdTemporarily(db, { repositoryId, manifestId, nowMs, untilMs });
    return;
  }
  const lifetimeSeconds = await findLifetimeSeconds(db, {
    repositoryId,
    manifestId,
    parsed: prepared.parsed,
  });
  for (const name of tags) {
    await retargetTag(db, { repositoryId, name, manifestId, nowMs, lifetimeSeconds });
    await logPush(services, db, push, name, nowMs);
  }
  await announce(services, db, { repository, event: 'repo_push', data: { updated_tags: tags }, eventNumber });
}

async function logPush(
  services: Services,
  db: Db,
  { repository, performer }: TaggedManifest,
  tag: TagName,
  nowMs: number,
): Promise<void> {
  const { accountId, ip, metadata } = performer;
  await writeActionLog(services, db, {
    kind: 'push_repo',
    accountId: repository.namespaceId,
    performerId: accountId,
    repositoryId: repository.id,
    ip,
    createdMs: nowMs,
    metadata: { ...metadata, repo: repository.name, namespace: repository.namespace, tag },
  });
}
