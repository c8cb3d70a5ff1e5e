import { type ApiAccess, type GrantedCaller, isSuperuser, refused } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { requireFreshLogin } from '#/api/check-transport.ts';
import { canCreateInitialUser } from '#/domain/namespaces/index.ts';
import { isLoopbackAddress, isLoopbackHost } from '#/http/loopback.ts';
import type { RequestContext } from '#/http/route.ts';

/** Headers of proxies: on this machine too they speak for others. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

/**
 * Whether nobody has an account yet and the caller is on this machine, on a server that other machines cannot reach. A page of another site in a
 * browser on this machine is none: not even when the name of that site leads here, as the Host header then tells.
 */
async function isFirstStep(services: ApiServices, request: RequestContext): Promise<boolean> {
  const { headers, ip } = request;
  if (services.settings.setupToken !== undefined || !isLoopbackAddress(ip)) return false;
  if (proxyHeaders.some((name) => headers[name] !== undefined)) return false;
  const host = headers[':authority'] ?? headers.host;
  if (typeof host !== 'string' || !isLoopbackHost(host)) return false;
  if (headers.origin !== undefined && !isLoopbackHost(hostOf(headers.origin))) return false;
  return await canCreateInitialUser(services.domain);
}

/** First steps of a registry without users: from this machine only. */
export const firstStep: ApiAccess<unknown, GrantedCaller> = {
  name: 'first-step',
  scope: undefined,
  async check(services, caller, request) {
    if (!(await isFirstStep(services, request))) throw refused(caller);
    return { caller, principal: caller.principal };
  },
};

/** A superuser with a fresh sign-in by browser, or the first steps. */
export const superuserOrFirstStep: ApiAccess<unknown, GrantedCaller> = {
  name: 'superuser-session-or-first-step',
  scope: undefined,
  async check(services, caller, request) {
    if (!(await isFirstStep(services, request))) {
      if (caller.kind !== 'session' || !isSuperuser(caller)) throw refused(caller);
      await requireFreshLogin(services, caller);
    }
    return { caller, principal: caller.principal };
  },
};

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
