import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { removeRepositoryPermission } from '#/domain/permissions/index.ts';

/** REST reference 9.10. */
export const deleteUserPermissions = apiRoute({
  operationId: 'deleteUserPermissions',
  method: 'DELETE',
  path: '/repository/:repository/permissions/user/:username',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryUserPermission',
  summary: 'Takes the permission of a user or robot on a repository away.',
  status: 204,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string(), username: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await removeRepositoryPermission(domain, {
      repository: granted.repository,
      delegate: { kind: 'user', name: params.username },
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
