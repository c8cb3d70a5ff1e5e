import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { findOauthScopes } from './oauth-scopes.ts';
import { listGrantedScopeTexts } from './queries-authorization-codes.ts';

/** Newest tokens that are looked at. */
const mostTokens = 50;

const implied: Readonly<Partial<Record<OauthScope, readonly OauthScope[]>>> = {
  'repo:write': ['repo:read'],
  'repo:admin': ['repo:write', 'repo:read'],
};

/** What a person has granted an application already, all its tokens in force together, and how many those are (at most 50). */
export async function findGrantedScopes(
  services: Services,
  input: { readonly applicationId: number; readonly accountId: number },
): Promise<{ readonly scopes: ReadonlySet<OauthScope>; readonly tokenCount: number }> {
  const texts = await listGrantedScopeTexts(services.database.read, {
    ...input,
    nowMs: services.clock.nowMs(),
    limit: mostTokens,
  });
  const scopes = texts
    .flatMap((text) => findOauthScopes(text) ?? [])
    .flatMap((scope) => [scope, ...(implied[scope] ?? [])]);
  return { scopes: new Set(scopes), tokenCount: texts.length };
}
