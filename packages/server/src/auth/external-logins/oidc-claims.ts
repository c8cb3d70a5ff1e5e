import { DomainError } from '#/domain/errors.ts';
import type { ExternalIdentity } from './define-external-login.ts';
import type { OidcConfig } from './oidc-settings.ts';

export type Claims = Readonly<Record<string, unknown>>;

const usernameClaims = ['preferred_username', 'unique_name', 'upn', 'sub'];
const mostGroups = 2000;

/**
 * Who the claims are about. `claims` are proved by a signature; `userInfo` of the same subject may add to them. Without the claim of groups none are told,
 * unless the claims are `complete`: then the person is in no group. Throws DomainError `invalid_credentials` without a subject or name.
 */
export function identityOfClaims(
  config: OidcConfig,
  claims: Claims,
  options: { readonly complete: boolean; readonly userInfo?: Claims | undefined },
): ExternalIdentity {
  const { userInfo } = options;
  const all: Claims = { ...claims, ...userInfo };
  const identifier = text(claims.sub);
  const named = usernameOf(config, all);
  if (identifier === undefined || named === undefined) {
    throw new DomainError('invalid_credentials', 'The sign-in names nobody: claims are missing.');
  }
  const email = [userInfo, claims].flatMap((source) => emailOf(config, source ?? {}) ?? [])[0];
  const groups = groupsOf(config, all, options.complete);
  return { identifier, username: named, email, ...(groups === undefined ? {} : { groups }) };
}

function usernameOf(config: OidcConfig, claims: Claims): string | undefined {
  const names = config.PREFERRED_USERNAME_CLAIM_NAME
    ? [config.PREFERRED_USERNAME_CLAIM_NAME]
    : usernameClaims;
  const [found] = names.flatMap((name) => text(claims[name]) ?? []);
  const local = found?.split('@', 1)[0];
  return local === '' ? undefined : local;
}

/** Address and its verification must stand together: one document must not vouch for the address of another. */
function emailOf(config: OidcConfig, claims: Claims): string | undefined {
  if (config.VERIFIED_EMAIL_CLAIM_NAME) return text(claims[config.VERIFIED_EMAIL_CLAIM_NAME]);
  const verified = claims.email_verified === true || claims.email_verified === 'true';
  return verified ? text(claims.email) : undefined;
}

function groupsOf(config: OidcConfig, claims: Claims, complete: boolean): readonly string[] | undefined {
  const name = config.PREFERRED_GROUP_CLAIM_NAME;
  if (!name) return undefined;
  const value = claims[name];
  if (value === undefined || value === null) return complete && !isElsewhere(claims, name) ? [] : undefined;
  const list = Array.isArray(value) ? value : [value];
  return list.filter((group): group is string => typeof group === 'string').slice(0, mostGroups);
}

/** Too many groups for a token: it only says where they could be asked for (OpenID Connect Core section 5.6.2). */
function isElsewhere(claims: Claims, name: string): boolean {
  const names = claims._claim_names;
  return (
    (typeof names === 'object' && names !== null && Object.hasOwn(names, name)) || claims.hasgroups === true
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
