import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import {
  deleteAccountSessions,
  deleteExpiredSessions,
  deleteSessionRow,
  updateSession,
} from './queries-sessions.ts';
import type { Session } from './session.ts';

const cleaningBatch = 500;

/** Ends one session of the account. Throws `not_found`. */
export async function endSession(
  services: Services,
  input: { readonly accountId: number; readonly uuid: string },
): Promise<void> {
  const existed = await services.database.transaction((db) =>
    deleteSessionRow(db, input.accountId, input.uuid),
  );
  if (!existed) throw new DomainError('not_found', 'There is no such session.');
}

/** Signs the account out everywhere. */
export async function endAllSessions(
  services: Services,
  input: { readonly accountId: number; readonly performer?: Performer },
): Promise<void> {
  await services.database.transaction(async (db) => {
    await deleteAccountSessions(db, input.accountId);
    await writeChangeLog(services, db, {
      kind: 'logout_success',
      accountId: input.accountId,
      performer: input.performer,
      metadata: {},
    });
  });
}

/** The password was given again: the session counts as fresh from now on. */
export async function refreshSession(services: Services, session: Session): Promise<void> {
  const nowMs = services.clock.nowMs();
  await services.database.transaction((db) => updateSession(db, session.id, { login_ms: nowMs }));
}

/** Removes expired sessions, a batch at a time; returns how many went. */
export async function cleanSessions(services: Services): Promise<number> {
  let total = 0;
  for (;;) {
    const removed = await services.database.transaction((db) =>
      deleteExpiredSessions(db, services.clock.nowMs(), cleaningBatch),
    );
    total += removed;
    if (removed < cleaningBatch) return total;
  }
}
