import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { createInTurn } from '#/auth/in-turn.ts';
import { DomainError, type ErrorCode } from '#/domain/errors.ts';
import { type Account, findAccountByFederatedLogin } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { linkExternalPerson } from '#/domain/sign-in/index.ts';
import { canNamePerson } from './can-name-person.ts';
import type { DirectoryPerson, Verification } from './define-auth-engine.ts';
import { type FailedAttempts, loginThrottled, remainingBackoffMs } from './login-backoff.ts';
import type { RemoteGuard } from './remote-guard.ts';

/** What a system outside of the registry said of a password. */
export type RemoteVerification =
  | {
      /** `username` is also the identifier of the link. */
      readonly person: DirectoryPerson;
      /** Kept with the link; no secrets. */
      readonly metadata?: Readonly<Record<string, unknown>>;
    }
  | { readonly refusal: DomainError };

export interface FederatedVerificationOptions {
  /** Of the links: `ldap`, `jwtauthn`, `keystone`, `oidc`. */
  readonly service: string;
  readonly guard: RemoteGuard;
  /** Asks the other system. A refusal is for wrong credentials and for people who may not come in; outages are thrown. */
  verifyRemotely(login: string, password: string, signal: AbortSignal): Promise<RemoteVerification>;
  /** How long a verification holds; default 10 s. A password changed over there goes on working here for as long. */
  readonly holdSeconds?: number;
}

interface Proved {
  readonly identifier: string;
  readonly accountId: number;
  readonly sessionsValidFromMs: number;
  readonly atMs: number;
}

const defaultHoldSeconds = 10;
const longestList = 10_000;
/** Longer than any password; servers cut the connection at headers and bodies that are far too long. */
const longestPasswordBytes = 4096;
/** Backing off protects the directory and its people from guessing; a machine with an old password must not lock its owner out for ever. */
const longestBackoffMs = 60_000;

/** Why an account cannot be had, told to the person; anything else that goes wrong is an outage. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'denied',
  'already_exists',
  'invalid_request',
  'name_invalid',
]);

/**
 * `AuthEngine.verify` for people of another system: an account made or linked at the first sign-in, few questions to that system however many log
 * in, back-off after wrong passwords, and quick refusals while the system is away.
 *
 * Verifications are held under HMACs with a key of this process; no password is kept. Each use reads the link and the account anew, so that a
 * disabled account, a detached link and ended sessions count at once, without any event.
 */
export function createFederatedVerification(
  services: Services,
  options: FederatedVerificationOptions,
): (login: string, password: string) => Promise<Verification> {
  const { service, guard } = options;
  const holdMs = (options.holdSeconds ?? defaultHoldSeconds) * 1000;
  const key = randomBytes(32);
  const proved = new LRUCache<string, Proved>({ max: longestList });
  const failed = new LRUCache<string, FailedAttempts>({ max: longestList });
  const inTurn = createInTurn();

  const proofOf = (login: string, password: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([service, login, password]))
      .digest('base64');

  /** The account of a verification that still holds. */
  const findProved = async (proof: string): Promise<Account | undefined> => {
    const held = proved.get(proof);
    if (held === undefined) return undefined;
    if (Math.abs(services.clock.nowMs() - held.atMs) < holdMs) {
      const { read } = services.database;
      const account = await findAccountByFederatedLogin(read, service, held.identifier);
      const isSame =
        account?.id === held.accountId && account.sessionsValidFromMs === held.sessionsValidFromMs;
      if (isSame) return account;
    }
    proved.delete(proof);
    return undefined;
  };

  const remainingMs = (login: string): number => {
    const attempts = failed.get(folded(login));
    if (attempts === undefined) return 0;
    const nowMs = services.clock.nowMs();
    return Math.min(remainingBackoffMs(attempts, nowMs), attempts.lastMs + longestBackoffMs - nowMs);
  };

  const countFailure = (login: string): void => {
    const count = (failed.get(folded(login))?.count ?? 0) + 1;
    failed.set(folded(login), { count, lastMs: services.clock.nowMs() });
  };

  const check = async (login: string, password: string): Promise<Verification> => {
    const waitMs = remainingMs(login);
    if (waitMs > 0) return { refusal: loginThrottled(waitMs) };
    const proof = proofOf(login, password);
    const known = await findProved(proof);
    if (known !== undefined) return { account: known };
    const atMs = services.clock.nowMs();
    const remote = await guard.run((signal) => options.verifyRemotely(login, password, signal));
    if ('refusal' in remote) {
      if (remote.refusal.code === 'invalid_credentials') countFailure(login);
      return { refusal: remote.refusal };
    }
    failed.delete(folded(login));
    const { person, metadata } = remote;
    const account = await linkOrRefuse(services, {
      service,
      identifier: person.username,
      username: person.username,
      email: person.email,
      mayTakeSuperuserName: true,
      ...(metadata === undefined ? {} : { metadata }),
    });
    if (account instanceof DomainError) return { refusal: account };
    const { id: accountId, sessionsValidFromMs } = account;
    proved.set(proof, { identifier: person.username, accountId, sessionsValidFromMs, atMs });
    return { account };
  };

  return async (login, password) => {
    // Directories take an empty password for no log-in at all and say yes to it.
    if (login === '' || password === '') return { refusal: emptyCredentials(login) };
    if (!canNamePerson(login)) return { refusal: usernameNotFound() };
    if (!canBeAsked(password)) return { refusal: invalidPassword() };
    // In turn, so that equal log-ins ask once, and guesses made at the same time cannot all slip in before the first is counted.
    return guard.patiently(() => inTurn(folded(login), () => check(login, password)));
  };
}

/** Directories compare names without regard to case, accents, spaces and what is not seen: another spelling is no further attempt. */
function folded(login: string): string {
  const plain = login.normalize('NFKD').replaceAll(/[\p{M}\p{Cf}]/gu, '');
  return plain.toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}

/** What makes a server fail instead of saying no would count as an outage, which keeps everybody out. */
function canBeAsked(password: string): boolean {
  return (
    !password.includes('\u0000') &&
    password.isWellFormed() &&
    Buffer.byteLength(password) <= longestPasswordBytes
  );
}

async function linkOrRefuse(
  services: Services,
  person: Parameters<typeof linkExternalPerson>[1],
): Promise<Account | DomainError> {
  try {
    return await linkExternalPerson(services, person);
  } catch (error) {
    if (error instanceof DomainError && refusals.has(error.code)) return error;
    throw error;
  }
}

/** As directories with an own answer for it say it (configuration reference C.3). */
function usernameNotFound(): DomainError {
  return new DomainError('invalid_credentials', 'Username not found');
}

function invalidPassword(): DomainError {
  return new DomainError('invalid_credentials', 'Invalid password');
}

/** The texts that Quay's users know (configuration reference C.3). */
function emptyCredentials(login: string): DomainError {
  return new DomainError(
    'invalid_credentials',
    login === '' ? 'Empty username/email' : 'Anonymous binding not allowed',
  );
}
