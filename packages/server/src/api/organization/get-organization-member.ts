import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { memberViewSchema, memberViews } from '#/api/organization/member-views.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';

/** One person or robot in the teams of an organization (REST reference 9.3). */
export const getOrganizationMember = apiRoute({
  operationId: 'getOrganizationMember',
  method: 'GET',
  path: '/organization/:orgname/members/:membername',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationMember',
  summary: 'Tells the teams and repositories of a member of an organization.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), membername: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: memberViewSchema,
  async handle({ params, granted: { organization } }, services) {
    const account = await findAccountByName(services.domain.database.read, params.membername);
    const [view] =
      account === undefined ? [] : await memberViews(services, organization.id, { accountId: account.id });
    if (view === undefined) throw new DomainError('not_found', 'Not Found');
    return view;
  },
});
