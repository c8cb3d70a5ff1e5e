import type { Principal } from './principal.ts';

/** Whether the principal passes superuser checks: a token needs scope `super:user` too. Gives no right on other people's repositories. */
export function isSuperuser(principal: Principal): boolean {
  if (principal.kind === 'user') return principal.superuser;
  return principal.kind === 'oauth-token' && principal.superuser && principal.scopes.includes('super:user');
}
