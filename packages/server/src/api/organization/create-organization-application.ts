import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { applicationView, applicationViewSchema } from '#/api/organization/application-view.ts';
import { performerOfCall } from '#/api/performer.ts';
import { createOauthApplication } from '#/domain/tokens/index.ts';

/** REST reference 9.5. */
export const createOrganizationApplication = apiRoute({
  operationId: 'createOrganizationApplication',
  method: 'POST',
  path: '/organization/:orgname/applications',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationApplications',
  summary: 'Creates an OAuth application of an organization.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string() }),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        name: z.string(),
        redirect_uri: z.string().optional(),
        application_uri: z.string().optional(),
        description: z.string().optional(),
        avatar_email: z.string().nullish(),
      }),
    ),
  },
  response: applicationViewSchema,
  async handle({ body, granted }, { domain }, request) {
    const application = await createOauthApplication(domain, {
      ownerId: granted.organization.id,
      name: body.name,
      redirectUri: body.redirect_uri,
      applicationUri: body.application_uri,
      description: body.description,
      avatarEmail: body.avatar_email,
      performer: performerOfCall(granted, request),
    });
    return applicationView(application, true);
  },
});
