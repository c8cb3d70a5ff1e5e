import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { roleBodySchema } from '#/api/permission/permission-views.ts';
import { DomainError } from '#/domain/errors.ts';
import { listTransitiveRoles } from '#/domain/permissions/index.ts';

/** Every role of a user or robot on a repository, of its own and through teams (REST reference 9.10). */
export const getUserTransitivePermission = apiRoute({
  operationId: 'getUserTransitivePermission',
  method: 'GET',
  path: '/repository/:repository/permissions/user/:username/transitive',
  group: 'permission',
  resource: 'endpoints.api.permission.RepositoryUserTransitivePermission',
  summary: 'Lists the roles of a user on a repository, those through teams included.',
  status: 200,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string(), username: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.object({ permissions: z.array(roleBodySchema) }),
  async handle({ params, granted: { repository } }, { domain }) {
    const roles = await listTransitiveRoles(domain.database.read, repository.id, params.username);
    if (roles.length === 0) throw new DomainError('not_found', 'Not Found');
    return { permissions: roles.map((role) => ({ role })) };
  },
});
