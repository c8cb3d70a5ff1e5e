import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { createInTurn } from '#/auth/in-turn.ts';
import { DatabaseUnavailableError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  type Account,
  findAccountByEmail,
  findAccountByName,
  recordFailedLogin,
  recordSuccessfulLogin,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { type AuthEngine, defineAuthEngine, type Verification } from './define-auth-engine.ts';
import { type FailedAttempts, loginThrottled, remainingBackoffMs } from './login-backoff.ts';
import { createPasswordProofs } from './password-proofs.ts';

/** Names without an account, and accounts while the database takes no writes, back off in memory only. */
const longestMemory = 10_000;

interface RememberedAttempts extends FailedAttempts {
  /** The account that the login named then, if any. */
  readonly accountId: number | undefined;
}

/** Passwords in this registry's own database, with back-off after wrong ones. */
export const databaseEngine = defineAuthEngine({
  name: 'Database',
  config: z.object({}),
  create: createDatabaseEngine,
});

function createDatabaseEngine(services: Services): AuthEngine {
  const proofs = createPasswordProofs(services);
  const remembered = new LRUCache<string, RememberedAttempts>({ max: longestMemory });
  const inTurn = createInTurn();
  let decoy: Promise<string> | undefined;

  /** Unknown people cost the same time as known ones. */
  const decoyHash = (): Promise<string> => {
    decoy ??= services.passwordHasher.hash(randomBytes(24).toString('base64')).catch((error: unknown) => {
      decoy = undefined;
      throw error;
    });
    return decoy;
  };

  const remainingMs = (login: string, account: Account | undefined): number => {
    const nowMs = services.clock.nowMs();
    const inMemory = remembered.get(login);
    const counted = inMemory !== undefined && isAbout(inMemory, account);
    return Math.max(
      counted ? remainingBackoffMs(inMemory, nowMs) : 0,
      account === undefined ? 0 : remainingBackoffMs(storedAttempts(account), nowMs),
    );
  };

  const countFailure = async (login: string, account: Account | undefined): Promise<void> => {
    if (
      account !== undefined &&
      (await wasWritten(services, () => recordFailedLogin(services, account.id)))
    ) {
      return;
    }
    const before = remembered.get(login);
    const count = before !== undefined && isAbout(before, account) ? before.count + 1 : 1;
    remembered.set(login, { count, lastMs: services.clock.nowMs(), accountId: account?.id });
  };

  const check = async (login: string, password: string): Promise<Verification> => {
    const account = await findPerson(services, login);
    const waitMs = remainingMs(login, account);
    if (waitMs > 0) return { refusal: loginThrottled(waitMs) };
    const hash = account?.passwordHash ?? (await decoyHash());
    const right = await proofs.verify(password, hash);
    if (!right || account === undefined || account.passwordHash === null) {
      await countFailure(login, account);
      return { refusal: wrongPassword() };
    }
    remembered.delete(login);
    await wasWritten(services, () => recordSuccessfulLogin(services, account));
    return { account };
  };

  // In turn, so that guesses made at the same time cannot all slip in before the first is counted.
  return {
    checksPasswords: true,
    verify: (login, password) => inTurn(login, () => check(login, password)),
  };
}

function storedAttempts(account: Account): FailedAttempts {
  return { count: account.invalidLoginAttempts, lastMs: account.lastInvalidLoginMs ?? 0 };
}

/** Not so once the name got an owner or the owner a new password. */
function isAbout(attempts: RememberedAttempts, account: Account | undefined): boolean {
  return attempts.accountId === account?.id && attempts.lastMs >= (account?.sessionsValidFromMs ?? 0);
}

async function findPerson(services: Services, login: string): Promise<Account | undefined> {
  // No database takes it in a text, and no name or address holds it.
  if (login.includes('\u0000')) return undefined;
  const { read } = services.database;
  const account =
    (await findAccountByName(read, login)) ??
    (login.includes('@') ? await findAccountByEmail(read, login) : undefined);
  return account?.kind === 'user' ? account : undefined;
}

/** False when the registry or its database takes no writes at present: people can still log in. */
async function wasWritten(services: Services, write: () => Promise<void>): Promise<boolean> {
  if (services.settings.readOnly) return false;
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof DatabaseUnavailableError && error.readOnly) return false;
    throw error;
  }
}

function wrongPassword(): DomainError {
  return new DomainError('invalid_credentials', 'Wrong user name or password.');
}
