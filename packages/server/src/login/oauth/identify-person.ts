import { authenticateBasic } from '#/auth/authenticate-basic.ts';
import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import type { BrowserSession } from '#/auth/sessions/session-cookie.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Account, findAccountById } from '#/domain/namespaces/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';

/** A person who can authorize applications, and how it was proved who it is. */
export interface Person {
  readonly account: Account;
  readonly principal: Extract<Principal, { kind: 'user' }>;
  readonly by: 'session' | 'basic';
}

export interface Visitor {
  readonly browser: BrowserSession;
  /** Undefined: nobody signed in. */
  readonly person: Person | undefined;
}

/**
 * The person of the browser's session, or of name and password in the header. Robots and tokens of any kind are nobody here: none of them may make
 * tokens that outlive or exceed it. Throws DomainError `invalid_credentials`, `account_disabled`, `login_throttled`.
 */
export async function identifyVisitor(services: LoginServices, request: RequestContext): Promise<Visitor> {
  const { domain, settings } = services;
  const { authorization, cookie } = request.headers;
  const caller = await identifyCaller(domain, settings.session, { cookie });
  const { browser } = caller;
  if (authorization !== undefined) {
    return { browser, person: await identifyByHeader(services, authorization) };
  }
  if (caller.kind !== 'session') return { browser, person: undefined };
  return { browser, person: { account: caller.account, principal: caller.principal, by: 'session' } };
}

async function identifyByHeader(services: LoginServices, header: string): Promise<Person | undefined> {
  if (!/^basic /i.test(header)) return undefined;
  const principal = await authenticateBasic(services.domain, services.basic, header);
  if (principal.kind !== 'user' || principal.appToken !== undefined) return undefined;
  const account = await findAccountById(services.domain.database.read, principal.account.id);
  return account?.kind === 'user' ? { account, principal, by: 'basic' } : undefined;
}

/** Throws DomainError `unauthorized`. */
export function requirePerson({ person }: Visitor): Person {
  if (person !== undefined) return person;
  throw new DomainError('unauthorized', 'Sign in first; tokens and robots cannot authorize applications.');
}
