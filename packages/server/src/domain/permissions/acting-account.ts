import type { AccountReference, Principal } from './principal.ts';

/** The account in whose name the principal acts; none for anonymous and access tokens. */
export function actingAccount(principal: Principal): AccountReference | undefined {
  return principal.kind === 'anonymous' || principal.kind === 'access-token' ? undefined : principal.account;
}
