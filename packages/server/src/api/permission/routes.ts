import type { ApiRoute } from '#/api/api-route.ts';
import { changeTeamPermissions } from '#/api/permission/change-team-permissions.ts';
import { changeUserPermissions } from '#/api/permission/change-user-permissions.ts';
import { deleteTeamPermissions } from '#/api/permission/delete-team-permissions.ts';
import { deleteUserPermissions } from '#/api/permission/delete-user-permissions.ts';
import { getTeamPermissions } from '#/api/permission/get-team-permissions.ts';
import { getUserPermissions } from '#/api/permission/get-user-permissions.ts';
import { getUserTransitivePermission } from '#/api/permission/get-user-transitive-permission.ts';
import { listRepoTeamPermissions } from '#/api/permission/list-repo-team-permissions.ts';
import { listRepoUserPermissions } from '#/api/permission/list-repo-user-permissions.ts';

/** Permissions on repositories. */
export const permissionRoutes: readonly ApiRoute[] = [
  listRepoTeamPermissions,
  listRepoUserPermissions,
  getUserTransitivePermission,
  getUserPermissions,
  changeUserPermissions,
  deleteUserPermissions,
  getTeamPermissions,
  changeTeamPermissions,
  deleteTeamPermissions,
];
