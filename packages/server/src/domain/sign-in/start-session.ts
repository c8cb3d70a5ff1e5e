import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import { performerOf, type RequestFacts, writeChangeLog } from '#/domain/logs/index.ts';
import { type Account, getAccount } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { insertSession } from './queries-sessions.ts';
import type { SessionKey } from './session.ts';

const secretBytes = 32;
const longestUserAgent = 500;

/** SHA-256 in hex: the secret has 256 random bits, so that a slow hash would add nothing. */
export function hashSessionSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/**
 * Signs the account in for `lifeSeconds`, with an entry in the action log; whether it may sign in was decided before, on `account` as it was
 * then. Throws DomainError `invalid_credentials` when its password was changed or it was disabled meanwhile.
 */
export async function startSession(
  services: Services,
  input: {
    readonly account: Pick<Account, 'id' | 'name' | 'sessionsValidFromMs'>;
    readonly lifeSeconds: number;
    readonly ip: string | null;
    readonly userAgent: string | undefined;
    readonly facts?: RequestFacts;
  },
): Promise<SessionKey> {
  const key = { uuid: randomUUID(), secret: randomBytes(secretBytes).toString('base64url') };
  const nowMs = services.clock.nowMs();
  const { account, ip } = input;
  const userAgent = input.userAgent?.slice(0, longestUserAgent) ?? null;
  await services.database.transaction(async (db) => {
    const present = await getAccount(db, account.id);
    if (!present.enabled || present.sessionsValidFromMs !== account.sessionsValidFromMs) {
      throw new DomainError('invalid_credentials', 'The account was changed a moment ago. Sign in again.');
    }
    await insertSession(db, {
      uuid: key.uuid,
      account_id: account.id,
      secret_hash: hashSessionSecret(key.secret),
      created_ms: nowMs,
      login_ms: nowMs,
      last_used_ms: nowMs,
      expires_ms: nowMs + input.lifeSeconds * 1000,
      ip,
      user_agent: userAgent,
    });
    await writeChangeLog(services, db, {
      kind: 'login_success',
      accountId: account.id,
      performer: performerOf({ kind: 'user', account: present, superuser: false }, ip, input.facts),
      metadata: { type: 'quayauth', useragent: userAgent, username: account.name, kind: 'user' },
    });
  });
  return key;
}
