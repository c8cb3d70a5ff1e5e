import { z } from 'zod';
import { type ApiAccess, type GrantedCaller, hasFullAccess, isGlobalReader, refused } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { appTokenSchema, appTokenView, expiringBeforeMs } from '#/api/app-specific-tokens/app-token-view.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { listAllAppTokens as listTokens } from '#/domain/tokens/index.ts';

/** Superusers with full access, and those who may read everything. */
const seesEverything: ApiAccess<unknown, GrantedCaller> = {
  name: 'superuser-full',
  scope: 'super:user',
  async check(services, caller) {
    if (!hasFullAccess(services, caller) && !isGlobalReader(services, caller)) throw refused(caller);
    return { caller, principal: caller.principal };
  },
};

/** The app-specific tokens of all people, without their codes (REST reference A.3). */
export const listAllAppTokens = apiRoute({
  operationId: 'listAllAppTokens',
  method: 'GET',
  path: '/superuser/apptokens',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserAppTokens',
  summary: 'Lists the app-specific tokens of all users.',
  status: 200,
  access: seesEverything,
  freshLogin: true,
  gate: (settings) => settings.featureSuperUsers && settings.featureAppSpecificTokens,
  request: { params: z.unknown(), query: z.object({ expiring: booleanQuery(false) }), body: noBody },
  response: z.object({ tokens: z.array(appTokenSchema), only_expiring: z.boolean() }),
  async handle({ query }, { domain }) {
    const beforeMs = query.expiring ? expiringBeforeMs(domain) : undefined;
    const tokens = await listTokens(domain.database.read, beforeMs);
    return { tokens: tokens.map(appTokenView), only_expiring: query.expiring };
  },
});
