export { actingAccount } from './acting-account.ts';
export { deletePrototype, setPrototypeRole } from './change-prototype.ts';
export { createPrototype } from './create-prototype.ts';
export type { Delegate } from './get-delegate.ts';
export { canCreateRepository, getNamespaceAccess } from './get-namespace-access.ts';
export { getRepositoryAccess } from './get-repository-access.ts';
export { grantOnCreation } from './grant-on-creation.ts';
export { listRepositoryPermissions } from './queries.ts';
export {
  deletePermissionsOf,
  type GrantedRole,
  listCollaborations,
  listDirectGrants,
  listGrantedRoles,
} from './queries-organization.ts';
export {
  deletePrototypesOf,
  listPrototypes,
  type Prototype,
  type PrototypeAccount,
} from './queries-prototypes.ts';
export {
  findTeamPermission,
  findUserPermission,
  listTeamPermissions,
  listTransitiveRoles,
  listUserPermissions,
  type UserPermission,
} from './queries-repository.ts';
export { removeOrganizationMember } from './remove-organization-member.ts';
export { removeRepositoryPermission } from './remove-repository-permission.ts';
export {
  type NamespaceAccess,
  namespaceRanks,
  type RepositoryAccess,
  repositoryCeiling,
  repositoryRanks,
} from './roles.ts';
export { setRepositoryPermission } from './set-repository-permission.ts';
