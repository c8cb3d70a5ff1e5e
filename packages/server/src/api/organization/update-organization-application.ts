import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { applicationView, applicationViewSchema } from '#/api/organization/application-view.ts';
import { performerOfCall } from '#/api/performer.ts';
import { updateOauthApplication } from '#/domain/tokens/index.ts';

/** Replaces everything but client id and secret (REST reference 9.5). */
export const updateOrganizationApplication = apiRoute({
  operationId: 'updateOrganizationApplication',
  method: 'PUT',
  path: '/organization/:orgname/applications/:client_id',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationApplicationResource',
  summary: 'Changes an OAuth application of an organization.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), client_id: z.string() }),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        name: z.string(),
        redirect_uri: z.string(),
        application_uri: z.string(),
        description: z.string().optional(),
        avatar_email: z.string().nullish(),
      }),
    ),
  },
  response: applicationViewSchema,
  async handle({ params, body, granted }, { domain }, request) {
    const application = await updateOauthApplication(domain, {
      ownerId: granted.organization.id,
      clientId: params.client_id,
      name: body.name,
      redirectUri: body.redirect_uri,
      applicationUri: body.application_uri,
      description: body.description ?? '',
      avatarEmail: body.avatar_email ?? null,
      performer: performerOfCall(granted, request),
    });
    return applicationView(application, true);
  },
});
