import { z } from 'zod';
import { organizationAdmin, refused } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { tokenView, tokenViewSchema } from '#/api/organization-application-tokens/token-view.ts';
import { performerOfCall } from '#/api/performer.ts';
import type { Caller } from '#/auth/sessions/identify-caller.ts';
import { DomainError } from '#/domain/errors.ts';
import { actingAccount } from '#/domain/permissions/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import { createApplicationToken, findOauthScopes, getOauthApplication } from '#/domain/tokens/index.ts';

/** A bearer token of an application that acts as the caller (REST reference 9.5). Its text is shown only here. */
export const createOrganizationApplicationToken = apiRoute({
  operationId: 'createOrganizationApplicationToken',
  method: 'POST',
  path: '/organization/:orgname/applications/:client_id/tokens',
  group: 'organization_application_tokens',
  resource: 'endpoints.api.organization_application_tokens.OrganizationApplicationTokens',
  summary: 'Creates a token of an OAuth application that acts as the caller.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), client_id: z.string() }),
    query: z.unknown(),
    body: jsonBody(z.object({ name: z.string(), scope: z.string(), expiration: z.number().optional() })),
  },
  response: tokenViewSchema.extend({ token: z.string() }),
  async handle({ params, body, granted }, { domain, settings }, request) {
    const { caller, organization, principal } = granted;
    const account = actingAccount(principal);
    if (account === undefined) throw refused(caller);
    const application = await getOauthApplication(domain, organization.id, params.client_id);
    const scopes = findOauthScopes(body.scope);
    if (scopes === undefined) {
      throw new DomainError(
        'invalid_request',
        'The scope must name known scopes, separated by spaces or commas.',
      );
    }
    if (!mayGive(caller, scopes)) {
      throw new DomainError('denied', 'A token cannot give scopes that it does not have.');
    }
    const created = await createApplicationToken(domain, {
      application,
      accountId: account.id,
      title: body.name,
      scopes,
      lifeSeconds: body.expiration,
      maximumCount: settings.oauthApplicationMostTokens,
      authMethod: caller.kind === 'bearer' ? 'oauth' : caller.kind,
      performer: performerOfCall(granted, request),
    });
    const view = tokenView({
      ...created,
      scope: scopes.join(' '),
      lastAccessedMs: null,
      accountName: account.name,
    });
    return { ...view, token: created.token };
  },
});

/** What a scope brings with it (REST reference 4.1). */
const implied: Readonly<Partial<Record<OauthScope, readonly OauthScope[]>>> = {
  'repo:write': ['repo:read'],
  'repo:admin': ['repo:read', 'repo:write'],
};

function mayGive(caller: Caller, scopes: readonly OauthScope[]): boolean {
  if (caller.kind !== 'bearer') return true;
  const held = caller.principal.scopes.flatMap((scope) => [scope, ...(implied[scope] ?? [])]);
  return scopes.every((scope) => held.includes(scope));
}
