import { randomUUID } from 'node:crypto';
import {
  type Digest,
  expiresAfterLabel,
  findExpiresAfterSeconds,
  findReservedLabelPrefix,
  guessLabelMediaType,
  isLabelKey,
  type LabelMediaType,
} from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import {
  countLabels,
  findStoredManifest,
  insertApiLabel,
  lookUpManifest,
  type StoredLabel,
} from '#/domain/manifests/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { clampEnd } from './clamp-end.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';
import { listHoldingTags, setTagEnd } from './queries.ts';

/** Beside those that an image brings along. */
const mostLabels = 2000;

export interface AddManifestLabelInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly digest: Digest;
  readonly key: string;
  readonly value: string;
  /** Undefined: by the look of the value. */
  readonly mediaType: LabelMediaType | undefined;
  readonly performer: Performer;
}

/**
 * Puts a label on a manifest (data model 8.2.8); `quay.expires-after` also sets the end of the tags that point at it, counted from their
 * start, except of immutable ones. Throws `invalid_request` (key, reserved prefix, value), `manifest_unknown`, `name_unknown`, `denied`.
 */
export async function addManifestLabel(
  services: Services,
  input: AddManifestLabelInput,
): Promise<StoredLabel> {
  checkLabel(services, input);
  const { repository, digest, key, value, performer } = input;
  const label: StoredLabel = {
    uuid: randomUUID(),
    key,
    value,
    mediaType: input.mediaType ?? guessLabelMediaType(value),
    sourceType: 'api',
  };
  await lookUpManifest(services, repository.id, { digest });
  await services.database.transaction(async (db) => {
    await lockWritableRepository(db, repository.id);
    // Collection may have taken it since.
    const manifest = await findStoredManifest(db, repository.id, digest);
    if (manifest === undefined)
      throw new DomainError('manifest_unknown', 'The manifest was removed a moment ago.');
    if ((await countLabels(db, manifest.id)) >= mostLabels) {
      throw new DomainError('invalid_request', `A manifest may have at most ${mostLabels} labels.`);
    }
    await insertApiLabel(db, { ...label, repositoryId: repository.id, manifestId: manifest.id });
    if (key === expiresAfterLabel) await endLabelled(services, db, manifest.id, value);
    await writeChangeLog(services, db, {
      kind: 'manifest_label_add',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer,
      metadata: {
        id: label.uuid,
        key,
        value,
        manifest_digest: digest,
        media_type: label.mediaType,
        namespace: repository.namespace,
        repo: repository.name,
      },
    });
  });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
  return label;
}

function checkLabel({ settings }: Services, { key, value }: AddManifestLabelInput): void {
  if (!isLabelKey(key)) {
    throw new DomainError(
      'invalid_request',
      'A label key must have 1 to 255 lower-case letters or digits, with single "." or "-" between them.',
    );
  }
  const reserved =
    key === expiresAfterLabel ? undefined : findReservedLabelPrefix(key, settings.labelKeyReservedPrefixes);
  if (reserved !== undefined) {
    throw new DomainError('invalid_request', `Label keys that start with "${reserved}" are reserved.`);
  }
  // PostgreSQL keeps no NUL in text.
  if (value.includes('\0')) {
    throw new DomainError('invalid_request', 'A label value must not contain a NUL character.');
  }
}

/** A value that says nothing changes nothing; a tag whose time would be over ends now. */
async function endLabelled(services: Services, db: Db, manifestId: number, value: string): Promise<void> {
  const seconds = findExpiresAfterSeconds(value);
  if (seconds === undefined) return;
  const nowMs = services.clock.nowMs();
  for (const tag of await listHoldingTags(db, manifestId, nowMs)) {
    if (tag.isHidden || tag.isImmutable) continue;
    const endMs = clampEnd(services, { ...tag, endMs: tag.startMs + seconds * 1000, nowMs });
    await setTagEnd(db, tag.tagId, Math.max(endMs, nowMs));
  }
}
