import type { RepositoryRole } from '#/db/schema.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { lockAccount } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { type Delegate, getDelegate } from './get-delegate.ts';
import { putRepositoryPermission } from './queries.ts';
import { countRepositoryPermissions } from './queries-counts.ts';
import { refuseNamespaceOwner } from './refuse-namespace-owner.ts';

/** What permissions need to know of a repository. */
export interface PermissionTarget {
  readonly id: number;
  readonly namespaceId: number;
  readonly namespace: string;
  readonly name: string;
}

/** Gives a user, robot or team a role on a repository, in place of the one it had. Throws DomainError `invalid_request`. */
export async function setRepositoryPermission(
  services: Services,
  input: {
    readonly repository: PermissionTarget;
    readonly delegate: Delegate;
    readonly role: RepositoryRole;
    readonly performer?: Performer;
  },
): Promise<void> {
  const { repository, delegate, role } = input;
  await services.database.transaction(async (db) => {
    const id = await getDelegate(db, repository.namespaceId, delegate);
    refuseNamespaceOwner(repository.namespaceId, id);
    await lockAccount(db, repository.namespaceId);
    await putRepositoryPermission(db, repository.id, id, role);
    refuseTooMany(services, 'permissions', await countRepositoryPermissions(db, repository.id));
    await writeChangeLog(services, db, {
      kind: 'change_repo_permission',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: {
        [delegate.kind === 'team' ? 'team' : 'username']: delegate.name,
        repo: repository.name,
        namespace: repository.namespace,
        role,
      },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
