import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { applicationView, applicationViewSchema } from '#/api/organization/application-view.ts';
import { performerOfCall } from '#/api/performer.ts';
import { resetOauthApplicationSecret } from '#/domain/tokens/index.ts';

/** REST reference 9.5. */
export const resetOrganizationApplicationClientSecret = apiRoute({
  operationId: 'resetOrganizationApplicationClientSecret',
  method: 'POST',
  path: '/organization/:orgname/applications/:client_id/resetclientsecret',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationApplicationResetClientSecret',
  summary: 'Gives an OAuth application a new client secret.',
  status: 200,
  access: organizationAdmin,
  scope: null,
  internal: true,
  request: {
    params: z.object({ orgname: z.string(), client_id: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: applicationViewSchema,
  async handle({ params, granted }, { domain }, request) {
    const application = await resetOauthApplicationSecret(domain, {
      ownerId: granted.organization.id,
      clientId: params.client_id,
      performer: performerOfCall(granted, request),
    });
    return applicationView(application, true);
  },
});
