import { anonymous, type Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { isFirstFailure } from './is-first-failure.ts';
import { isKindRecorded, silentNamespaces } from './is-recorded.ts';
import { loggedRequest, type RequestFacts } from './logged-request.ts';
import { performerOf } from './performer.ts';
import type { PullLog } from './pull-log.ts';
import { findLogAccount } from './queries-accounts.ts';

export interface LoginContext {
  /** Where: `v2auth` at the registry's token service, `quayauth` in a browser. */
  readonly type: 'quayauth' | 'v2auth';
  readonly ip: string | null;
  readonly userAgent: string | undefined;
  readonly facts?: RequestFacts;
}

type Reach = Pick<Services, 'database' | 'settings'>;

/** Records that somebody logged in, under their namespace; nobody, and tokens that belong to nobody, leave no entry. */
export async function recordLogin(
  { settings }: Reach,
  log: PullLog,
  principal: Principal,
  context: LoginContext,
): Promise<void> {
  if (principal.kind === 'anonymous' || principal.kind === 'access-token') return;
  const { account } = principal;
  if (isSilent(settings, 'login_success', account.name)) return;
  const { accountId, ip, metadata, request } = performerOf(principal, context.ip, context.facts);
  await log.record({
    kind: 'login_success',
    accountId: principal.kind === 'robot' ? principal.ownerId : account.id,
    performerId: accountId,
    repositoryId: null,
    ip,
    request,
    metadata: { ...metadata, ...contextOf(context), kind: credentialKind(principal) },
  });
}

/** Records that credentials were refused, with the reason that was given, once a minute for an account and an address. A name that nobody has may be a secret typed in the wrong place: it is left out. */
export async function recordLoginFailure(
  { database, settings, clock }: Reach & Pick<Services, 'clock'>,
  log: Pick<PullLog, 'record'>,
  attempt: { readonly username: string | undefined; readonly message: string },
  context: LoginContext,
): Promise<void> {
  if (!isKindRecorded('login_failure', settings.actionLog)) return;
  const { username = '' } = attempt;
  const account = await findLogAccount(database.read, username);
  if (account !== undefined && isSilent(settings, 'login_failure', account.name)) return;
  const kind = tokenNames[username] ?? (username.includes('+') ? 'robot' : 'user');
  if (!isFirstFailure({ database, clock }, `${account?.id ?? kind} ${context.ip ?? ''}`)) return;
  const isRobot = account?.kind === 'robot';
  await log.record({
    kind: 'login_failure',
    accountId: account === undefined ? null : (account.ownerId ?? account.id),
    performerId: null,
    repositoryId: null,
    ip: context.ip,
    request: context.facts && loggedRequest(anonymous, context.facts),
    metadata: {
      ...contextOf(context),
      kind,
      message: attempt.message,
      ...(account === undefined ? {} : { [isRobot ? 'robot' : 'username']: account.name }),
    },
  });
}

/** User names that say which kind of token is the password. */
const tokenNames: Readonly<Record<string, string>> = {
  $token: 'token',
  $app: 'app_specific_token',
  $oauthtoken: 'oauth',
};

function credentialKind(principal: Exclude<Principal, { kind: 'anonymous' | 'access-token' }>): string {
  switch (principal.kind) {
    case 'robot':
      return 'robot';
    case 'oauth-token':
      return 'oauth';
    case 'user':
      return principal.appToken === undefined ? 'user' : 'app_specific_token';
  }
}

/** What clients call themselves can be as long as they like. */
const longestUserAgent = 512;

function contextOf({ type, userAgent }: LoginContext) {
  return { type, useragent: userAgent?.slice(0, longestUserAgent) ?? null };
}

/** A robot is in the namespace that its name starts with. */
function isSilent(settings: Services['settings'], kind: 'login_success' | 'login_failure', name: string) {
  const [namespace = name] = name.split('+', 1);
  return silentNamespaces(kind, settings.actionLog).includes(namespace);
}
