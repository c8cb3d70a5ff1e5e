import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { nameUnknown } from './name-unknown.ts';
import { updateRepositoryDetails } from './queries-details.ts';
import type { RepositoryReference } from './repository-reference.ts';

/** Says whether the tags of a repository are signed by a trust server. Throws DomainError `name_unknown`. */
export async function setRepositoryTrust(
  services: Services,
  input: {
    readonly repository: RepositoryReference;
    readonly trusted: boolean;
    readonly performer: Performer;
  },
): Promise<void> {
  const { repository, trusted } = input;
  await services.database.transaction(async (db) => {
    const found = await updateRepositoryDetails(db, repository.id, { trust_enabled: trusted ? 1 : 0 });
    if (!found) throw nameUnknown();
    await writeChangeLog(services, db, {
      kind: 'change_repo_trust',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: { repo: repository.name, namespace: repository.namespace, trust_enabled: trusted },
    });
  });
}
