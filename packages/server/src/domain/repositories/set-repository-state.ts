import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { updateRepository } from './queries.ts';
import type { RepositoryReference } from './repository-reference.ts';

/** Opens a repository for pushes (`NORMAL`), closes it (`READ_ONLY`), or leaves it to its mirror (`MIRROR`). Throws DomainError `name_unknown`. */
export async function setRepositoryState(
  services: Services,
  input: {
    readonly repository: RepositoryReference;
    readonly state: 'NORMAL' | 'READ_ONLY' | 'MIRROR';
    readonly performer?: Performer;
  },
): Promise<void> {
  const { repository, state } = input;
  await services.database.transaction(async (db) => {
    if (!(await updateRepository(db, repository.id, { state }))) {
      throw new DomainError('name_unknown', 'The repository does not exist.');
    }
    await writeChangeLog(services, db, {
      kind: 'change_repo_state',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: { repo: repository.name, namespace: repository.namespace, state_changed: state },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
}
