import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { userPermissionSchema } from '#/api/permission/permission-views.ts';
import { userPermissionOf } from '#/api/permission/user-permission-of.ts';

/** The permission of its own of one user or robot (REST reference 9.10). */
export const getUserPermissions = apiRoute({
  operationId: 'getUserPermissions',
  method: 'GET',
  path: '/repository/:repository/permissions/user/:username',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryUserPermission',
  summary: 'Tells the permission of a user or robot on a repository.',
  status: 200,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string(), username: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: userPermissionSchema,
  handle: async ({ params, granted }, services) => userPermissionOf(services, granted, params.username),
});
