import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { isInOrganization } from '#/api/permission/is-in-organization.ts';
import { userPermissionSchema, userPermissionView } from '#/api/permission/permission-views.ts';
import { listUserPermissions } from '#/domain/permissions/index.ts';

/** People and robots with a permission of their own (REST reference 9.10). */
export const listRepoUserPermissions = apiRoute({
  operationId: 'listRepoUserPermissions',
  method: 'GET',
  path: '/repository/:repository/permissions/user/',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryUserPermissionList',
  summary: 'Lists the users and robots with a permission on a repository.',
  status: 200,
  access: repositoryAdmin,
  request: { params: z.object({ repository: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ permissions: z.record(z.string(), userPermissionSchema) }),
  async handle({ granted }, services) {
    const permissions = await listUserPermissions(services.domain.database.read, granted.repository);
    const inOrganization = await isInOrganization(services, granted);
    const views = permissions.map((permission) => userPermissionView(permission, inOrganization));
    return { permissions: Object.fromEntries(views.map((view) => [view.name, view])) };
  },
});
