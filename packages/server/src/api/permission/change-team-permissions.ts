import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import {
  roleBodySchema,
  teamPermissionSchema,
  teamPermissionView,
} from '#/api/permission/permission-views.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';

/** REST reference 9.10. */
export const changeTeamPermissions = apiRoute({
  operationId: 'changeTeamPermissions',
  method: 'PUT',
  path: '/repository/:repository/permissions/team/:teamname',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryTeamPermission',
  summary: 'Gives a team a permission on a repository.',
  status: 200,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string(), teamname: z.string() }),
    query: z.unknown(),
    body: jsonBody(roleBodySchema),
  },
  response: teamPermissionSchema,
  async handle({ params, body, granted }, { domain }, request) {
    await setRepositoryPermission(domain, {
      repository: granted.repository,
      delegate: { kind: 'team', name: params.teamname },
      role: body.role,
      performer: performerOfCall(granted, request),
    });
    return teamPermissionView({ name: params.teamname, role: body.role });
  },
});
