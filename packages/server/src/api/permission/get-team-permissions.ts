import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { roleBodySchema } from '#/api/permission/permission-views.ts';
import { DomainError } from '#/domain/errors.ts';
import { findTeamPermission } from '#/domain/permissions/index.ts';

/** REST reference 9.10. */
export const getTeamPermissions = apiRoute({
  operationId: 'getTeamPermissions',
  method: 'GET',
  path: '/repository/:repository/permissions/team/:teamname',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryTeamPermission',
  summary: 'Tells the permission of a team on a repository.',
  status: 200,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string(), teamname: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: roleBodySchema,
  async handle({ params, granted: { repository } }, { domain }) {
    const found = await findTeamPermission(domain.database.read, repository, params.teamname);
    if (found !== undefined) return { role: found.role };
    throw new DomainError('invalid_request', `"${params.teamname}" has no permission on the repository.`);
  },
});
