import type { OauthScope } from '#/domain/permissions/principal.ts';

/** All scopes that a token can be given. */
export const oauthScopes: readonly OauthScope[] = [
  'repo:read',
  'repo:write',
  'repo:admin',
  'repo:create',
  'user:read',
  'user:admin',
  'org:admin',
  'super:user',
];

/** Scopes separated by spaces or commas; undefined when one is unknown or there is none. */
export function findOauthScopes(text: string): OauthScope[] | undefined {
  const words = new Set(text.split(/[ ,]+/).filter((word) => word !== ''));
  const scopes = oauthScopes.filter((scope) => words.has(scope));
  return scopes.length > 0 && scopes.length === words.size ? scopes : undefined;
}
