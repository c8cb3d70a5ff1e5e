import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { roleBodySchema, userPermissionSchema } from '#/api/permission/permission-views.ts';
import { userPermissionOf } from '#/api/permission/user-permission-of.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';

/** REST reference 9.10. */
export const changeUserPermissions = apiRoute({
  operationId: 'changeUserPermissions',
  method: 'PUT',
  path: '/repository/:repository/permissions/user/:username',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryUserPermission',
  summary: 'Gives a user or robot a permission on a repository.',
  status: 200,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string(), username: z.string() }),
    query: z.unknown(),
    body: jsonBody(roleBodySchema),
  },
  response: userPermissionSchema,
  async handle({ params, body, granted }, services, request) {
    await setRepositoryPermission(services.domain, {
      repository: granted.repository,
      delegate: { kind: 'user', name: params.username },
      role: body.role,
      performer: performerOfCall(granted, request),
    });
    return userPermissionOf(services, granted, params.username);
  },
});
