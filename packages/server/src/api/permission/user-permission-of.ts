import type { GrantedRepository } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { isInOrganization } from '#/api/permission/is-in-organization.ts';
import { userPermissionView } from '#/api/permission/permission-views.ts';
import { DomainError } from '#/domain/errors.ts';
import { findUserPermission } from '#/domain/permissions/index.ts';

/** The view of the permission that the person or robot of this name has. Throws DomainError `invalid_request` when there is none. */
export async function userPermissionOf(services: ApiServices, granted: GrantedRepository, name: string) {
  const found = await findUserPermission(services.domain.database.read, granted.repository, name);
  if (found === undefined) {
    throw new DomainError('invalid_request', `"${name}" has no permission on the repository.`);
  }
  return userPermissionView(found, await isInOrganization(services, granted));
}
