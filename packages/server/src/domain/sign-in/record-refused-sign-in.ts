import {
  type ActionLogEntry,
  type RequestFacts,
  recordLoginFailure,
  writeActionLog,
} from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';

/** An entry for a password that was refused in a browser, where the configuration asks for such (`ACTION_LOG_AUDIT_LOGIN_FAILURES`). */
export async function recordRefusedSignIn(
  services: Services,
  attempt: {
    readonly username: string;
    readonly message: string;
    readonly ip: string | null;
    readonly userAgent: string | undefined;
    readonly facts?: RequestFacts;
  },
): Promise<void> {
  const log = {
    record: (entry: Omit<ActionLogEntry, 'createdMs'>): Promise<void> =>
      services.database.transaction((db) =>
        writeActionLog(services, db, { ...entry, createdMs: services.clock.nowMs() }),
      ),
  };
  await recordLoginFailure(
    services,
    log,
    { username: attempt.username, message: attempt.message },
    {
      type: 'quayauth',
      ip: attempt.ip,
      userAgent: attempt.userAgent,
      ...(attempt.facts && { facts: attempt.facts }),
    },
  );
}
