import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { avatarOf, avatarSchema } from '#/api/shapes/avatar.ts';
import { accountAvatar } from '#/api/shapes/entities.ts';
import { scopeView, scopeViewSchema } from '#/api/shapes/scope-view.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  type Authorization,
  findOauthScopes,
  listAuthorizations,
  revokeOauthToken,
} from '#/domain/tokens/index.ts';

export const authorizationSchema = z.object({
  application: z.object({
    name: z.string(),
    description: z.string(),
    url: z.string(),
    avatar: avatarSchema,
    organization: z.object({ name: z.string(), avatar: avatarSchema }),
  }),
  scopes: z.array(scopeViewSchema),
  uuid: z.string(),
});

const params = z.object({ access_token_uuid: z.string() });

/** Applications that act in the caller's name (REST reference 9.1). */
export const listUserAuthorizations = apiRoute({
  operationId: 'listUserAuthorizations',
  method: 'GET',
  path: '/user/authorizations',
  group: 'user',
  resource: 'endpoints.api.user.UserAuthorizationList',
  summary: 'Lists the OAuth applications that hold a token of the caller.',
  status: 200,
  access: selfAdmin,
  internal: true,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ authorizations: z.array(authorizationSchema) }),
  async handle({ granted }, { domain }) {
    const found = await listAuthorizations(domain.database.read, {
      accountId: granted.account.id,
      nowMs: domain.clock.nowMs(),
    });
    return { authorizations: found.map(authorizationView) };
  },
});

export const getUserAuthorization = apiRoute({
  operationId: 'getUserAuthorization',
  method: 'GET',
  path: '/user/authorizations/:access_token_uuid',
  group: 'user',
  resource: 'endpoints.api.user.UserAuthorization',
  summary: 'Describes one OAuth token of the caller.',
  status: 200,
  access: selfAdmin,
  internal: true,
  request: { params, query: z.unknown(), body: noBody },
  response: authorizationSchema,
  async handle({ params: { access_token_uuid: uuid }, granted }, { domain }) {
    const [found] = await listAuthorizations(domain.database.read, {
      accountId: granted.account.id,
      nowMs: domain.clock.nowMs(),
      uuid,
    });
    if (found === undefined) throw new DomainError('not_found', 'Not Found');
    return authorizationView(found);
  },
});

export const deleteUserAuthorization = apiRoute({
  operationId: 'deleteUserAuthorization',
  method: 'DELETE',
  path: '/user/authorizations/:access_token_uuid',
  group: 'user',
  resource: 'endpoints.api.user.UserAuthorization',
  summary: 'Ends one OAuth token of the caller.',
  status: 204,
  access: selfAdmin,
  internal: true,
  request: { params, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params: { access_token_uuid: uuid }, granted }, { domain }, request) {
    await revokeOauthToken(domain, {
      accountId: granted.account.id,
      uuid,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});

export function authorizationView({ application, scope, uuid }: Authorization) {
  const { owner } = application;
  return {
    application: {
      name: application.name,
      description: application.description,
      url: application.url,
      avatar: avatarOf({ name: application.name, email: application.avatarEmail, kind: 'app' }),
      organization: { name: owner.name, avatar: accountAvatar(owner) },
    },
    scopes: (findOauthScopes(scope) ?? []).map(scopeView),
    uuid,
  };
}
