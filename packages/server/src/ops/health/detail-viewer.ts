import type { IncomingHttpHeaders } from 'node:http';
import { authenticateBasic } from '#/auth/authenticate-basic.ts';
import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { anonymous, type Principal } from '#/domain/permissions/principal.ts';
import type { AccessRule } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { hasDebugCookie } from './debug-cookie.ts';

/** What a caller of the health endpoints may see. */
export interface HealthViewer {
  readonly principal: Principal;
  /** Reasons, notes and names of this instance, beside what everybody sees. */
  readonly seesDetail: boolean;
}

/**
 * Everybody may ask for health; superusers, also by the session of their browser, and sessions that were opened with the debug secret see why something fails. Credentials that
 * are wrong, or cannot be checked while the database is away, count as none: they must not change what a monitor hears.
 */
export const healthViewer: AccessRule<OpsServices, unknown, HealthViewer> = {
  name: 'public, detail for superusers',
  async check(services, { headers }) {
    const { debug } = services.health;
    const nowMs = services.domain.clock.nowMs();
    const hasSession = debug !== undefined && hasDebugCookie(debug.cookieKey, headers.cookie, nowMs);
    const principal = await identify(services, headers);
    return { principal, seesDetail: hasSession || isSuperuser(principal) };
  },
};

async function identify(
  { domain, basic, instance }: OpsServices,
  { authorization, cookie }: IncomingHttpHeaders,
): Promise<Principal> {
  const isBearer = /^bearer +\S/i.test(authorization ?? '');
  try {
    if (authorization !== undefined && !isBearer)
      return await authenticateBasic(domain, basic, authorization);
    return (await identifyCaller(domain, instance.session, { authorization, cookie })).principal;
  } catch {
    return anonymous;
  }
}

/** An application token is for clients of the registry; an OAuth token needs the scope. */
function isSuperuser(principal: Principal): boolean {
  if (principal.kind === 'user') return principal.superuser && principal.appToken === undefined;
  return principal.kind === 'oauth-token' && principal.superuser && principal.scopes.includes('super:user');
}
