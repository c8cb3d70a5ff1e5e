import { timingSafeEqual } from 'node:crypto';
import type { Row } from '#/db/schema.ts';
import { type Account, findAccountById } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { findSessionRow, listSessionRows, updateSession } from './queries-sessions.ts';
import type { Session, SessionKey } from './session.ts';
import { hashSessionSecret } from './start-session.ts';

/** How often the time of last use is written. */
const useThresholdMs = 60_000;
const mostSessions = 200;

/**
 * The session of a cookie, and notes its use. Undefined when it is unknown, expired or revoked, when the password changed since, or
 * when its account is disabled or no person any more.
 */
export async function findSession(services: Services, key: SessionKey): Promise<Session | undefined> {
  const { read } = services.database;
  const row = await findSessionRow(read, key.uuid);
  if (row === undefined || !sameHash(row.secret_hash, hashSessionSecret(key.secret))) return undefined;
  const nowMs = services.clock.nowMs();
  if (row.expires_ms <= nowMs) return undefined;
  const account = await findAccountById(read, row.account_id);
  if (account?.kind !== 'user' || !account.enabled || row.created_ms < account.sessionsValidFromMs) {
    return undefined;
  }
  if (nowMs - row.last_used_ms >= useThresholdMs && !services.settings.readOnly) {
    await noteUse(services, row.id, nowMs);
  }
  return toSession(row, account);
}

/** The sessions of an account that are in force, newest first. */
export async function listSessions(services: Services, account: Account): Promise<Session[]> {
  const rows = await listSessionRows(
    services.database.read,
    account.id,
    services.clock.nowMs(),
    mostSessions,
  );
  return rows
    .filter((row) => row.created_ms >= account.sessionsValidFromMs)
    .map((row) => toSession(row, account));
}

function toSession(row: Row<'sessions'>, account: Account): Session {
  return {
    id: row.id,
    uuid: row.uuid,
    account,
    createdMs: row.created_ms,
    loginMs: row.login_ms,
    lastUsedMs: row.last_used_ms,
    expiresMs: row.expires_ms,
    ip: row.ip,
    userAgent: row.user_agent,
  };
}

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** A note that is lost costs nothing; a database that takes no writes must not keep people out. */
async function noteUse(services: Services, id: number, nowMs: number): Promise<void> {
  try {
    await services.database.transaction((db) => updateSession(db, id, { last_used_ms: nowMs }));
  } catch (error) {
    services.logger.debug({ err: error }, 'the use of a session was not noted');
  }
}
