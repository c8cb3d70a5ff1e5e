import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { type Delegate, getDelegate } from './get-delegate.ts';
import { deleteRepositoryPermission } from './queries.ts';
import { refuseNamespaceOwner } from './refuse-namespace-owner.ts';
import type { PermissionTarget } from './set-repository-permission.ts';

/** Throws DomainError `invalid_request` (no such user or team, no permission, the owner of the namespace). */
export async function removeRepositoryPermission(
  services: Services,
  input: {
    readonly repository: PermissionTarget;
    readonly delegate: Delegate;
    readonly performer?: Performer;
  },
): Promise<void> {
  const { repository, delegate } = input;
  await services.database.transaction(async (db) => {
    const id = await getDelegate(db, repository.namespaceId, delegate);
    refuseNamespaceOwner(repository.namespaceId, id);
    if (!(await deleteRepositoryPermission(db, repository.id, id))) {
      throw new DomainError('invalid_request', `"${delegate.name}" has no permission on the repository.`);
    }
    await writeChangeLog(services, db, {
      kind: 'delete_repo_permission',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: {
        [delegate.kind === 'team' ? 'team' : 'username']: delegate.name,
        repo: repository.name,
        namespace: repository.namespace,
      },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
