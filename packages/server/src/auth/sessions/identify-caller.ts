import type { IncomingHttpHeaders } from 'node:http';
import { DomainError } from '#/domain/errors.ts';
import { type Account, findDirectoryRights, isSuperuserBy } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { DirectoryRights, Services } from '#/domain/services.ts';
import { findSession, type Session } from '#/domain/sign-in/index.ts';
import { verifyOauthToken } from '#/domain/tokens/index.ts';
import {
  type BrowserSession,
  findBrowserSession,
  newCsrfToken,
  type SessionCookieSettings,
} from './session-cookie.ts';

/** Who calls the REST API or a page, and how that was proved (REST reference 3.1). */
export type Caller =
  | {
      readonly kind: 'anonymous';
      readonly principal: Extract<Principal, { kind: 'anonymous' }>;
      readonly browser: BrowserSession;
    }
  | {
      readonly kind: 'session';
      readonly principal: Extract<Principal, { kind: 'user' }>;
      readonly browser: BrowserSession;
      readonly session: Session;
      readonly account: Account;
      readonly directoryRights: DirectoryRights;
    }
  | {
      readonly kind: 'bearer';
      readonly principal: Extract<Principal, { kind: 'oauth-token' }>;
      readonly browser: BrowserSession;
      readonly directoryRights: DirectoryRights;
    }
  | {
      /** A token that an external login gave the person (REST reference 3.1). */
      readonly kind: 'external';
      readonly principal: Extract<Principal, { kind: 'user' }>;
      readonly browser: BrowserSession;
      readonly directoryRights: DirectoryRights;
    };

const nobody = { kind: 'anonymous' } as const;

/**
 * A bearer token, else the session of the cookie. A token that is refused leaves the caller anonymous, and the session is then
 * not looked at. Throws outages, and whatever `identifyToken` does, which knows tokens of external logins.
 */
export async function identifyCaller(
  services: Services,
  settings: SessionCookieSettings,
  headers: IncomingHttpHeaders,
  identifyToken?: (token: string) => Promise<Account | undefined>,
): Promise<Caller> {
  const found = findBrowserSession(settings, headers.cookie);
  const browser = found ?? { csrfToken: newCsrfToken() };
  const token = bearerToken(headers.authorization);
  if (token !== undefined) {
    const holder = await identifyToken?.(token);
    if (holder === undefined) return bearerCaller(services, token, browser);
    return { kind: 'external', ...(await personOf(services, holder)), browser };
  }
  const session = browser.signIn && (await findSession(services, browser.signIn));
  if (session === undefined) return { kind: 'anonymous', principal: nobody, browser };
  const { account } = session;
  return { kind: 'session', ...(await personOf(services, account)), session, account, browser };
}

async function personOf(services: Services, account: Account) {
  const { id, uuid, name } = account;
  const directoryRights = await findDirectoryRights(services, id);
  const superuser = isSuperuserBy(services, account, directoryRights);
  return { principal: { kind: 'user', account: { id, uuid, name }, superuser }, directoryRights } as const;
}

async function bearerCaller(services: Services, token: string, browser: BrowserSession): Promise<Caller> {
  try {
    const principal = await verifyOauthToken(services, token);
    const directoryRights = await findDirectoryRights(services, principal.account.id);
    return { kind: 'bearer', principal, directoryRights, browser };
  } catch (error) {
    if (error instanceof DomainError && refusals.has(error.code)) {
      return { kind: 'anonymous', principal: nobody, browser };
    }
    throw error;
  }
}

const refusals: ReadonlySet<string> = new Set(['invalid_credentials', 'account_disabled']);

function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}
