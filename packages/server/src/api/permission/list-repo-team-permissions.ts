import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { teamPermissionSchema, teamPermissionView } from '#/api/permission/permission-views.ts';
import { listTeamPermissions } from '#/domain/permissions/index.ts';

/** REST reference 9.10. */
export const listRepoTeamPermissions = apiRoute({
  operationId: 'listRepoTeamPermissions',
  method: 'GET',
  path: '/repository/:repository/permissions/team/',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryTeamPermissionList',
  summary: 'Lists the teams with a permission on a repository.',
  status: 200,
  access: repositoryAdmin,
  request: { params: z.object({ repository: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ permissions: z.record(z.string(), teamPermissionSchema) }),
  async handle({ granted: { repository } }, { domain }) {
    const permissions = await listTeamPermissions(domain.database.read, repository.id);
    return {
      permissions: Object.fromEntries(
        permissions.map((permission) => [permission.name, teamPermissionView(permission)]),
      ),
    };
  },
});
