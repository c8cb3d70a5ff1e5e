import type { TestContext } from 'node:test';
import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import { DomainError } from '#/domain/errors.ts';
import { manualClock } from '#/platform/clock.ts';
import { silentLogger } from '#/platform/logger.ts';
import { directoryPassword, ldapEngineConfig } from './ldap-people.ts';
import { scratchDirectory } from './scratch-directory.ts';
import { createTestServices } from './services.ts';
import type { Slapd } from './slapd.ts';

/** The engine on a directory and a new SQLite database; `changes` are to `ldapEngineConfig`. */
export async function openLdapEngine(
  t: TestContext,
  slapd: Slapd,
  changes: Readonly<Record<string, unknown>> = {},
) {
  const database = await openDatabase({
    uri: `sqlite:///${scratchDirectory()}/wharf.db`,
    dataDirectory: scratchDirectory(),
    logger: silentLogger(),
  });
  t.after(() => database.close());
  await migrate(database);
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const services = createTestServices({ database, clock });
  t.after(() => services.passwordHasher.close());
  const engine = openAuthEngine(services, 'LDAP', ldapEngineConfig(slapd, changes));
  t.after(() => engine.close?.());
  return { services, clock, engine };
}

/** The name of the account, or the reason of the refusal. */
export async function verifiedName(
  engine: AuthEngine,
  login: string,
  password = directoryPassword,
): Promise<string> {
  const result = await engine.verify(login, password);
  return 'account' in result ? result.account.name : result.refusal.message;
}

export function isOutage(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'directory_unavailable';
}
