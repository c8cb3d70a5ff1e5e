import { writeActionLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { type PointTagInput, pointTag } from './point-tag.ts';

/**
 * Creates a tag, or moves it, to a manifest that people can pull (REST reference 9.14). Throws `manifest_unknown`, `tag_immutable`,
 * `name_unknown`, `denied`.
 */
export async function moveTag(services: Services, input: PointTagInput): Promise<void> {
  const { repository, tag, performer } = input;
  await pointTag(services, input, {
    log: (db, { nowMs, digest, previousDigest }) =>
      writeActionLog(services, db, {
        kind: previousDigest === undefined ? 'create_tag' : 'move_tag',
        accountId: repository.namespaceId,
        performerId: performer.accountId,
        repositoryId: repository.id,
        ip: performer.ip,
        createdMs: nowMs,
        metadata: {
          ...performer.metadata,
          repo: repository.name,
          tag,
          namespace: repository.namespace,
          image: null,
          manifest_digest: digest,
          original_image: null,
          original_manifest_digest: previousDigest ?? null,
        },
      }),
  });
}
