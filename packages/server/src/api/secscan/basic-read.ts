import { type ApiAccess, type GrantedRepository, refused, repositoryPath } from '#/api/access.ts';
import { imageRead } from '#/api/image-access.ts';
import { authenticateBasic } from '#/auth/authenticate-basic.ts';
import { DomainError } from '#/domain/errors.ts';
import { getRepositoryAccess } from '#/domain/permissions/index.ts';
import { findRepository } from '#/domain/repositories/index.ts';

/**
 * Reading, also by the credentials of the registry in HTTP Basic: operators of clusters ask for the security of what they run with the
 * pull secrets that they have (REST reference 9.19).
 */
export const imageReadOrBasic: ApiAccess<{ readonly repository: string }, GrantedRepository> = {
  ...imageRead,
  name: 'image-read-or-basic',
  async check(services, caller, request, params) {
    const header = request.headers.authorization;
    if (caller.kind !== 'anonymous' || header === undefined || !/^basic /i.test(header)) {
      if (caller.kind === 'anonymous' && !services.domain.settings.featureAnonymousAccess)
        throw refused(caller);
      return imageRead.check(services, caller, request, params);
    }
    const principal = await authenticateBasic(services.domain, services.basic, header);
    const path = repositoryPath(params.repository);
    const repository = await findRepository(services.domain.database.read, path.namespace, path.name);
    const repositoryAccess =
      repository === undefined ? 'none' : await getRepositoryAccess(services.domain, principal, repository);
    if (repository === undefined || repositoryAccess === 'none') {
      throw new DomainError('denied', 'Unauthorized');
    }
    if (repository.kind !== 'image') {
      throw new DomainError(
        'repository_kind_unsupported',
        'This cannot be done with application repositories.',
      );
    }
    return { caller, principal, repository, repositoryAccess, isWatching: false };
  },
};
