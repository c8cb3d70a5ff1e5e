import { z } from 'zod';
import { anyCaller, hasFullAccess, isGlobalReader } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { namedView } from '#/api/organization/organization-view.ts';
import { avatarOf, avatarSchema } from '#/api/shapes/avatar.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountById } from '#/domain/namespaces/index.ts';
import { getNamespaceAccess } from '#/domain/permissions/index.ts';
import { findApplicationByClientId } from '#/domain/tokens/index.ts';

/** What a person is told of an application before it is trusted (REST reference 9.4). */
export const getApplicationInformation = apiRoute({
  operationId: 'getApplicationInformation',
  method: 'GET',
  path: '/app/:client_id',
  group: 'organization',
  resource: 'endpoints.api.organization.ApplicationInformation',
  summary: 'Tells who an application is.',
  status: 200,
  access: anyCaller,
  request: { params: z.object({ client_id: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({
    name: z.string(),
    description: z.string(),
    uri: z.string(),
    avatar: avatarSchema,
    organization: z.object({
      name: z.string(),
      email: z.string(),
      avatar: avatarSchema,
      is_admin: z.boolean(),
      is_member: z.boolean(),
      teams: z.object({}),
      ordered_teams: z.array(z.string()),
    }),
  }),
  async handle({ params, granted: { caller, principal } }, services) {
    const { domain } = services;
    const { read } = domain.database;
    const application = await findApplicationByClientId(read, params.client_id);
    const owner = application && (await findAccountById(read, application.ownerId));
    if (application === undefined || !owner?.enabled) throw new DomainError('not_found', 'Not Found');
    const access = await getNamespaceAccess(domain, principal, owner.id);
    const isAdmin = access === 'admin' || hasFullAccess(services, caller);
    const isMember = access !== 'none' || isAdmin;
    return {
      name: application.name,
      description: application.description,
      uri: application.applicationUri,
      avatar: avatarOf({ name: application.name, email: application.avatarEmail, kind: 'app' }),
      organization: {
        ...namedView(owner, { isAdmin, isMember }),
        ...(isAdmin || isGlobalReader(services, caller) ? { email: owner.email ?? '' } : {}),
        teams: {},
        ordered_teams: [],
      },
    };
  },
});
