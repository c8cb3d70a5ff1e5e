import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar } from '#/api/shapes/entities.ts';
import { listCollaborations } from '#/domain/permissions/index.ts';

/** People with permissions on repositories of an organization who are in none of its teams (REST reference 9.3). */
export const getOrganizationCollaborators = apiRoute({
  operationId: 'getOrganizationCollaborators',
  method: 'GET',
  path: '/organization/:orgname/collaborators',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationCollaboratorList',
  summary: 'Lists the people outside of all teams who have permissions on repositories.',
  status: 200,
  access: organizationAdmin,
  request: { params: z.object({ orgname: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({
    collaborators: z.array(
      z.object({
        kind: z.literal('user'),
        name: z.string(),
        avatar: avatarSchema,
        repositories: z.array(z.string()),
      }),
    ),
  }),
  async handle({ granted: { organization } }, { domain }) {
    const collaborations = await listCollaborations(domain.database.read, organization.id);
    const byAccount = Map.groupBy(collaborations, ({ account }) => account.id);
    return {
      collaborators: [...byAccount.values()].flatMap((own) => {
        const [first] = own;
        if (first === undefined) return [];
        return {
          kind: 'user',
          name: first.account.name,
          avatar: accountAvatar(first.account),
          repositories: own.map(({ repository }) => repository),
        };
      }),
    };
  },
});
