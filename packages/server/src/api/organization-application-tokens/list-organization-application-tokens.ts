import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { tokenView, tokenViewSchema } from '#/api/organization-application-tokens/token-view.ts';
import { pageTokensOf } from '#/api/shapes/page-tokens.ts';
import { getOauthApplication, listApplicationTokens } from '#/domain/tokens/index.ts';

const pageSize = 50;

/** The live tokens of an application, newest first (REST reference 9.5). */
export const listOrganizationApplicationTokens = apiRoute({
  operationId: 'listOrganizationApplicationTokens',
  method: 'GET',
  path: '/organization/:orgname/applications/:client_id/tokens',
  group: 'organization_application_tokens',
  resource: 'endpoints.api.organization_application_tokens.OrganizationApplicationTokens',
  summary: 'Lists the live tokens of an OAuth application, newest first.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), client_id: z.string() }),
    query: z.object({ next_page: z.string().optional() }),
    body: noBody,
  },
  response: z.object({ tokens: z.array(tokenViewSchema), next_page: z.string().optional() }),
  async handle({ params, query, granted: { organization } }, services) {
    const { domain } = services;
    const application = await getOauthApplication(domain, organization.id, params.client_id);
    const pages = pageTokensOf(services, `application tokens ${application.id}`, z.number().int());
    const tokens = await listApplicationTokens(domain.database.read, application.id, {
      nowMs: domain.clock.nowMs(),
      before: pages.open(query.next_page),
      limit: pageSize + 1,
    });
    const page = tokens.slice(0, pageSize);
    const last = page.at(-1);
    return {
      tokens: page.map(tokenView),
      ...(tokens.length > pageSize && last !== undefined ? { next_page: pages.seal(last.id) } : {}),
    };
  },
});
