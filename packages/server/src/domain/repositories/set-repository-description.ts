import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { nameUnknown } from './name-unknown.ts';
import { updateRepositoryDetails } from './queries-details.ts';
import type { RepositoryReference } from './repository-reference.ts';

/** Changes what people read about a repository (Markdown). Throws DomainError `name_unknown`. */
export async function setRepositoryDescription(
  services: Services,
  input: {
    readonly repository: RepositoryReference;
    readonly description: string;
    readonly performer: Performer;
  },
): Promise<void> {
  const { repository, description } = input;
  await services.database.transaction(async (db) => {
    if (!(await updateRepositoryDetails(db, repository.id, { description }))) throw nameUnknown();
    await writeChangeLog(services, db, {
      kind: 'set_repo_description',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: { repo: repository.name, namespace: repository.namespace, description },
    });
  });
}
