import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { removeRepositoryPermission } from '#/domain/permissions/index.ts';

/** REST reference 9.10. */
export const deleteTeamPermissions = apiRoute({
  operationId: 'deleteTeamPermissions',
  method: 'DELETE',
  path: '/repository/:repository/permissions/team/:teamname',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryTeamPermission',
  summary: 'Takes the permission of a team on a repository away.',
  status: 204,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string(), teamname: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await removeRepositoryPermission(domain, {
      repository: granted.repository,
      delegate: { kind: 'team', name: params.teamname },
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
