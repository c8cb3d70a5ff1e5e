import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { type ApiRoute, apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import type { ApiSettings } from '#/api/api-services.ts';
import { appTokenSchema, appTokenView, expiringBeforeMs } from '#/api/app-specific-tokens/app-token-view.ts';
import { performerOfCall } from '#/api/performer.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  createAppToken as createToken,
  findAppToken,
  listAppTokens as listTokens,
  revokeAppToken as revokeToken,
} from '#/domain/tokens/index.ts';

const codeSchema = z.object({ token: appTokenSchema.extend({ token_code: z.string() }) });
const params = z.object({ token_uuid: z.string() });
const group = 'appspecifictokens';
const gate = (settings: ApiSettings): boolean => settings.featureAppSpecificTokens;

const listAppTokens = apiRoute({
  operationId: 'listAppTokens',
  method: 'GET',
  path: '/user/apptoken',
  group,
  resource: 'endpoints.api.appspecifictokens.AppTokens',
  summary: 'Lists the app-specific tokens of the caller.',
  status: 200,
  access: selfAdmin,
  gate,
  request: { params: z.unknown(), query: z.object({ expiring: booleanQuery(false) }), body: noBody },
  response: z.object({ tokens: z.array(appTokenSchema), only_expiring: z.boolean() }),
  async handle({ query, granted }, { domain }) {
    const tokens = await listTokens(domain.database.read, granted.account.id);
    const limitMs = expiringBeforeMs(domain);
    const shown = query.expiring
      ? tokens.filter(({ expiresMs }) => expiresMs !== null && expiresMs <= limitMs)
      : tokens;
    return { tokens: shown.map(appTokenView), only_expiring: query.expiring };
  },
});

const createAppToken = apiRoute({
  operationId: 'createAppToken',
  method: 'POST',
  path: '/user/apptoken',
  group,
  resource: 'endpoints.api.appspecifictokens.AppTokens',
  summary: 'Creates an app-specific token.',
  status: 200,
  access: selfAdmin,
  freshLogin: true,
  gate,
  request: { params: z.unknown(), query: z.unknown(), body: jsonBody(z.object({ title: z.string() })) },
  response: codeSchema,
  async handle({ body, granted }, { domain }, request) {
    const created = await createToken(domain, {
      accountId: granted.account.id,
      title: body.title,
      performer: performerOfCall(granted, request),
    });
    return { token: { ...appTokenView(created), token_code: created.token } };
  },
});

const getAppToken = apiRoute({
  operationId: 'getAppToken',
  method: 'GET',
  path: '/user/apptoken/:token_uuid',
  group,
  resource: 'endpoints.api.appspecifictokens.AppToken',
  summary: 'Shows an app-specific token with its code.',
  status: 200,
  access: selfAdmin,
  freshLogin: true,
  gate,
  request: { params, query: z.unknown(), body: noBody },
  response: codeSchema,
  async handle({ params: { token_uuid: uuid }, granted }, { domain }) {
    const found = await findAppToken(domain, granted.account.id, uuid);
    if (found === undefined) throw new DomainError('not_found', 'Not Found');
    return { token: { ...appTokenView(found), token_code: found.token } };
  },
});

const revokeAppToken = apiRoute({
  operationId: 'revokeAppToken',
  method: 'DELETE',
  path: '/user/apptoken/:token_uuid',
  group,
  resource: 'endpoints.api.appspecifictokens.AppToken',
  summary: 'Ends an app-specific token.',
  status: 204,
  access: selfAdmin,
  freshLogin: true,
  gate,
  request: { params, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params: { token_uuid: uuid }, granted }, { domain }, request) {
    await revokeToken(domain, {
      accountId: granted.account.id,
      uuid,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});

/** Passwords for single clients (REST reference 9.2). */
export const appSpecificTokenRoutes: readonly ApiRoute[] = [
  listAppTokens,
  createAppToken,
  getAppToken,
  revokeAppToken,
];
