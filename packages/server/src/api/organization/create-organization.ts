import { z } from 'zod';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { organizationFounder } from '#/api/organization/organization-access.ts';
import { performerOfCall } from '#/api/performer.ts';
import { checkCaptcha } from '#/api/user/check-captcha.ts';
import { createOrganization as create } from '#/domain/namespaces/index.ts';

/** Creates an organization whose team `owners` holds the caller (REST reference 9.3). */
export const createOrganization = apiRoute({
  operationId: 'createOrganization',
  method: 'POST',
  path: '/organization/',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationList',
  summary: 'Creates an organization.',
  status: 201,
  access: organizationFounder,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        name: z.string(),
        email: z.string().nullish(),
        contact_email: z.string().nullish(),
        recaptcha_response: z.string().optional(),
      }),
    ),
  },
  response: z.literal('Created'),
  async handle({ body, granted }, services, request) {
    if (!services.settings.captchaExceptions.includes(granted.account.name)) {
      await checkCaptcha(services, body.recaptcha_response, request);
    }
    const email = (body.contact_email ?? body.email ?? '').trim();
    await create(services.domain, {
      name: body.name,
      email: email === '' ? undefined : email,
      ownerId: granted.account.id,
      performer: performerOfCall(granted, request),
    });
    return 'Created';
  },
});
