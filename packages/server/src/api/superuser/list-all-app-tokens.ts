import { z } from 'zod';
import { type ApiAccess, type GrantedCaller, hasFullAccess, isGlobalReader, refused } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { appTokenSchema, appTokenView, expiringBeforeMs } from '#/api/app-specific-tokens/app-token-view.ts';
import { pageTokensOf } from '#/api/shapes/page-tokens.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { accountPageQuery, checkPageLimit, tooLong } from '#/api/superuser/account-pages.ts';
import { limitOf } from '#/domain/list-limits.ts';
import { listAllAppTokens as listTokens } from '#/domain/tokens/index.ts';

const cursorSchema = z.object({ before: z.number() });

/** Superusers with full access, and those who may read everything. */
const seesEverything: ApiAccess<unknown, GrantedCaller> = {
  name: 'superuser-full',
  scope: 'super:user',
  async check(services, caller) {
    if (!hasFullAccess(services, caller) && !isGlobalReader(services, caller)) throw refused(caller);
    return { caller, principal: caller.principal };
  },
};

/** The app-specific tokens of all people, without their codes; whole without `limit` (REST reference A.3). */
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
  request: {
    params: z.unknown(),
    query: accountPageQuery.extend({ expiring: booleanQuery(false) }),
    body: noBody,
  },
  response: z.object({
    tokens: z.array(appTokenSchema),
    only_expiring: z.boolean(),
    next_page: z.string().optional(),
  }),
  async handle({ query }, services) {
    const { domain } = services;
    const expiresByMs = query.expiring ? expiringBeforeMs(domain) : undefined;
    const list = (before: number | undefined, limit: number) =>
      listTokens(domain.database.read, { expiresByMs, before, limit });
    const { limit } = query;
    if (limit === undefined) {
      const most = limitOf(domain, 'wholeList');
      const tokens = await list(undefined, most + 1);
      if (tokens.length > most) throw tooLong(most);
      return { tokens: tokens.map(appTokenView), only_expiring: query.expiring };
    }
    checkPageLimit(limit);
    const cursors = pageTokensOf(services, 'app tokens', cursorSchema);
    const found = await list(cursors.open(query.next_page)?.before, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    return {
      tokens: shown.map(appTokenView),
      only_expiring: query.expiring,
      ...(found.length > limit && last !== undefined ? { next_page: cursors.seal({ before: last.id }) } : {}),
    };
  },
});
