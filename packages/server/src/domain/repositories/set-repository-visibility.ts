import type { Visibility } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { updateRepository } from './queries.ts';
import type { RepositoryReference } from './repository-reference.ts';

/** Makes a repository public or private, at once for everybody. Throws DomainError `name_unknown`. */
export async function setRepositoryVisibility(
  services: Services,
  input: {
    readonly repository: RepositoryReference;
    readonly visibility: Visibility;
    readonly performer?: Performer;
  },
): Promise<void> {
  const { repository, visibility } = input;
  await services.database.transaction(async (db) => {
    if (!(await updateRepository(db, repository.id, { visibility }))) {
      throw new DomainError('name_unknown', 'The repository does not exist.');
    }
    await writeChangeLog(services, db, {
      kind: 'change_repo_visibility',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: { repo: repository.name, namespace: repository.namespace, visibility },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
  services.events.publish({ kind: 'repository-changed', repositoryId: repository.id });
}
