import type { RequestFacts } from '#/domain/logs/index.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { startSession } from '#/domain/sign-in/index.ts';
import {
  type BrowserSession,
  newCsrfToken,
  type SessionCookieSettings,
  sessionCookie,
} from './session-cookie.ts';

/** Life of a session whose cookie goes with the browser's window: a day, should the browser keep its windows for ever. */
const windowSessionSeconds = 24 * 3600;

/** The headers that sign this browser in: a new session under a new CSRF token, so that nothing of before can be used. */
export async function signInHeaders(
  services: Services,
  settings: SessionCookieSettings,
  input: {
    readonly account: Pick<Account, 'id' | 'name' | 'sessionsValidFromMs'>;
    readonly ip: string | null;
    readonly userAgent: string | undefined;
    readonly facts?: RequestFacts;
  },
): Promise<Readonly<Record<string, string>>> {
  const signIn = await startSession(services, {
    ...input,
    lifeSeconds: settings.permanent ? settings.lifeSeconds : windowSessionSeconds,
  });
  return browserHeaders(settings, { csrfToken: newCsrfToken(), signIn });
}

/** The headers that end whatever session the browser had. */
export function signOutHeaders(settings: SessionCookieSettings): Readonly<Record<string, string>> {
  return browserHeaders(settings, { csrfToken: newCsrfToken() });
}

/** The headers that give the browser this session; scripts take the CSRF token of their next call from `X-Next-CSRF-Token`. */
export function browserHeaders(
  settings: SessionCookieSettings,
  browser: BrowserSession,
): Readonly<Record<string, string>> {
  return {
    'set-cookie': sessionCookie(settings, browser),
    'x-next-csrf-token': browser.csrfToken,
  };
}
