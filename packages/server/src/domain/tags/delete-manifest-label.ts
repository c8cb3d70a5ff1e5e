import type { Digest } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { deleteLabel, findLabel, lookUpManifest } from '#/domain/manifests/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { lockWritableRepository } from './lock-writable-repository.ts';

export interface DeleteManifestLabelInput {
  readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
  readonly digest: Digest;
  readonly uuid: string;
  readonly performer: Performer;
}

/**
 * Takes back a label that was added through the API. Throws `not_found`, `invalid_request` for labels of the manifest itself,
 * `manifest_unknown`, `name_unknown`, `denied`.
 */
export async function deleteManifestLabel(
  services: Services,
  input: DeleteManifestLabelInput,
): Promise<void> {
  const { repository, digest, uuid, performer } = input;
  const manifest = await lookUpManifest(services, repository.id, { digest });
  await services.database.transaction(async (db) => {
    await lockWritableRepository(db, repository.id);
    const label = await findLabel(db, manifest.id, uuid);
    if (label === undefined) throw new DomainError('not_found', 'The manifest has no such label.');
    if (label.sourceType !== 'api') {
      throw new DomainError('invalid_request', 'The label is part of the manifest and cannot be deleted.');
    }
    await deleteLabel(db, manifest.id, uuid);
    await writeChangeLog(services, db, {
      kind: 'manifest_label_delete',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer,
      metadata: {
        id: uuid,
        key: label.key,
        value: label.value,
        manifest_digest: digest,
        namespace: repository.namespace,
        repo: repository.name,
      },
    });
  });
}
