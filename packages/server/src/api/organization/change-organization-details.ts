import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { organizationView, organizationViewSchema } from '#/api/organization/organization-view.ts';
import { performerOfCall } from '#/api/performer.ts';
import { DomainError } from '#/domain/errors.ts';
import { changeOrganization } from '#/domain/namespaces/index.ts';

const changeSchema = z.object({
  email: z.string().optional(),
  contact_email: z.string().nullable().optional(),
  invoice_email: z.boolean().optional(),
  invoice_email_address: z.string().nullable().optional(),
  tag_expiration_s: z.number().int().min(0).optional(),
});

/** Changes what the body names (REST reference 9.3). */
export const changeOrganizationDetails = apiRoute({
  operationId: 'changeOrganizationDetails',
  method: 'PUT',
  path: '/organization/:orgname',
  group: 'organization',
  resource: 'endpoints.api.organization.Organization',
  summary: 'Changes the addresses or the time machine of an organization.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string() }),
    query: z.unknown(),
    body: jsonBody(changeSchema),
  },
  response: organizationViewSchema,
  async handle({ body, granted }, services, request) {
    const organization = await changeOrganization(services.domain, {
      organizationId: granted.organization.id,
      changes: {
        email: emailOf(body),
        invoiceEmail: body.invoice_email,
        invoiceEmailAddress: body.invoice_email_address === '' ? null : body.invoice_email_address,
        tagExpirationSeconds: tagExpirationOf(services, body.tag_expiration_s),
      },
      tagExpirationOptionSeconds: services.settings.tagExpirationOptionSeconds,
      performer: performerOfCall(granted, request),
    });
    return organizationView(services, { ...granted, organization });
  },
});

/** The newer name of the field comes first; empty takes the address away. */
function emailOf(body: z.infer<typeof changeSchema>): string | null | undefined {
  if (body.contact_email === undefined) return body.email?.trim();
  return (body.contact_email ?? '').trim() || null;
}

function tagExpirationOf({ settings }: ApiServices, seconds: number | undefined): number | undefined {
  if (seconds === undefined || settings.featureChangeTagExpiration) return seconds;
  throw new DomainError('invalid_request', 'The time machine cannot be changed on this registry.');
}
