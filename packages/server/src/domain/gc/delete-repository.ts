import { randomUUID } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { advanceRepository, markForDeletion, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { putRepositoryJob } from './deletion-jobs.ts';
import { insertDeletedRepository } from './queries.ts';

/**
 * Deletes a repository: it is gone at once and its name is free; what it holds is removed in the background (purgeRepository).
 * Throws DomainError `name_unknown`.
 */
export async function deleteRepository(
  services: Services,
  input: {
    readonly repository: Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;
    readonly performer?: Performer;
  },
): Promise<void> {
  const { repository } = input;
  const { id, namespace, name } = repository;
  await services.database.transaction(async (db) => {
    await advanceRepository(db, id);
    if (!(await markForDeletion(db, id, randomUUID()))) {
      throw new DomainError('name_unknown', 'The repository does not exist.');
    }
    const nowMs = services.clock.nowMs();
    await insertDeletedRepository(db, { repositoryId: id, originalName: name, nowMs });
    await putRepositoryJob(services, db, { repositoryId: id, namespace, name, nowMs });
    await writeChangeLog(services, db, {
      kind: 'delete_repo',
      accountId: repository.namespaceId,
      repositoryId: id,
      performer: input.performer,
      metadata: { repo: name, namespace },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
  services.events.publish({ kind: 'repository-changed', repositoryId: id });
}
