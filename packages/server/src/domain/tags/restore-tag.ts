import { writeActionLog } from '#/domain/logs/index.ts';
import { getAccount } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { type PointTagInput, pointTag } from './point-tag.ts';

/**
 * Points a name at a manifest of the time machine again, as a new row of its history (data model 8.1.4, 8.1.5); blobs of it that clients
 * deleted come back. Throws `manifest_unknown` also when the time of the manifest is over, `tag_immutable`, `name_unknown`, `denied`.
 */
export async function restoreTag(services: Services, input: PointTagInput): Promise<void> {
  const { repository, tag, performer } = input;
  const { tagExpirationSeconds } = await getAccount(services.database.read, repository.namespaceId);
  await pointTag(services, input, {
    windowSeconds: tagExpirationSeconds,
    log: (db, { nowMs, digest }) =>
      writeActionLog(services, db, {
        kind: 'revert_tag',
        accountId: repository.namespaceId,
        performerId: performer.accountId,
        repositoryId: repository.id,
        ip: performer.ip,
        createdMs: nowMs,
        metadata: {
          ...performer.metadata,
          repo: repository.name,
          tag,
          image: null,
          manifest_digest: digest,
        },
      }),
  });
}
