import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type Database, DatabaseUnavailableError } from '#/db/database.ts';
import { migrate } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import type { DatabaseServer } from '#/testing/database-server.ts';
import { startMariadb } from '#/testing/mariadb.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { startTcpRelay, type TcpRelay } from '#/testing/tcp-relay.ts';

/** Within which a caller must hear that the database is gone. */
const limitMs = 2000;
const recoveryLimitMs = 5000;
const isRequired = process.env.REQUIRE_ALL === '1';

const servers = [
  { name: 'postgresql', start: startPostgresql, slow: sql`select pg_sleep(2)`, needed: true },
  { name: 'mariadb', start: startMariadb, slow: sql`select sleep(2)`, needed: isRequired },
];

const countRows = (database: Database) => database.read.selectFrom('settings').selectAll().execute();
const writeRow = (database: Database, name: string) =>
  database.transaction((db) => db.insertInto('settings').values({ name, value: '' }).execute());

/** The work fails as unavailable, in time. */
async function assertUnavailable(work: () => Promise<unknown>, withinMs: number): Promise<void> {
  const startedMs = performance.now();
  await assert.rejects(work, (error) => error instanceof DatabaseUnavailableError && !error.readOnly);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < withinMs, `took ${tookMs} ms`);
}

async function assertRecovers(database: Database): Promise<void> {
  const giveUpAtMs = performance.now() + recoveryLimitMs;
  for (;;) {
    try {
      await countRows(database);
      return;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError) || performance.now() > giveUpAtMs) throw error;
      await sleep(50);
    }
  }
}

for (const { name, start, slow, needed } of servers) {
  describe(`outages (${name})`, () => {
    let server: DatabaseServer | undefined;
    let relay: TcpRelay | undefined;
    let database: Database | undefined;
    let reason: unknown;
    before(async () => {
      try {
        server = await start();
      } catch (error) {
        if (needed) throw error;
        reason = error;
        return;
      }
      relay = await startTcpRelay(Number(new URL(server.uri).port));
      const uri = server.uri.replace(/:\d+\//, `:${relay.port}/`);
      database = await openDatabase({ uri });
      await migrate(database);
    });
    after(async () => {
      await database?.close();
      await relay?.close();
      await server?.stop();
    });

    const outage = (title: string, run: (parts: Parts) => Promise<void>): void => {
      test(title, async (context) => {
        if (server === undefined || relay === undefined || database === undefined) {
          context.skip(reason instanceof Error ? reason.message : 'no server');
          return;
        }
        await run({ server, relay, database });
      });
    };

    outage('a stopped server is reported at once and comes back without a restart', async (parts) => {
      await Promise.all([countRows(parts.database), countRows(parts.database), countRows(parts.database)]);
      await parts.server.halt();
      await assertUnavailable(() => countRows(parts.database), limitMs);
      await assertUnavailable(() => writeRow(parts.database, 'down'), 100);
      await parts.server.resume();
      await assertRecovers(parts.database);
      await writeRow(parts.database, 'up');
    });

    outage('a quick restart is not noticed', async (parts) => {
      await Promise.all([countRows(parts.database), countRows(parts.database)]);
      await parts.server.halt();
      await parts.server.resume();
      await countRows(parts.database);
      await writeRow(parts.database, 'restarted');
    });

    outage('a network that swallows everything is reported in time', async (parts) => {
      await countRows(parts.database);
      parts.relay.freeze();
      const both = [() => countRows(parts.database), () => writeRow(parts.database, 'frozen')];
      await Promise.all(both.map((work) => assertUnavailable(work, limitMs)));
      await assertUnavailable(() => countRows(parts.database), 100);
      parts.relay.thaw();
      await assertRecovers(parts.database);
      await writeRow(parts.database, 'thawed');
    });

    outage('a slow statement on a living server is left alone', async (parts) => {
      await slow.execute(parts.database.read);
    });

    outage('a transaction whose connection is killed runs again', async (parts) => {
      let attempts = 0;
      await parts.database.transaction(async (db) => {
        attempts += 1;
        await db
          .insertInto('settings')
          .values({ name: 'killed', value: String(attempts) })
          .execute();
        if (attempts === 1) await killOwnConnection(parts.database.dialect === 'postgresql', db);
      });
      const rows = await parts.database.read
        .selectFrom('settings')
        .select('value')
        .where('name', '=', 'killed')
        .execute();
      assert.deepEqual(rows, [{ value: '2' }]);
    });

    outage('a read-only server is told apart', async (parts) => {
      await setReadOnly(parts.database, true);
      const fresh = await openDatabase({ uri: parts.server.uri.replace('root@', 'ordinary@') });
      try {
        await countRows(fresh);
        await assert.rejects(
          writeRow(fresh, 'read-only'),
          (error) => error instanceof DatabaseUnavailableError && error.readOnly,
        );
      } finally {
        await fresh.close();
        await setReadOnly(parts.database, false);
      }
    });
  });
}

interface Parts {
  readonly server: DatabaseServer;
  readonly relay: TcpRelay;
  readonly database: Database;
}

async function killOwnConnection(isPostgresql: boolean, db: Database['read']): Promise<void> {
  if (isPostgresql) {
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(db);
    return;
  }
  const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(db);
  await sql`kill ${sql.lit(rows[0]?.id ?? 0)}`.execute(db);
}

async function setReadOnly(database: Database, on: boolean): Promise<void> {
  if (database.dialect === 'postgresql') {
    // A standby answers in the same way, with error 25006.
    const value = sql.lit(on ? 'on' : 'off');
    await sql`alter role postgres set default_transaction_read_only = ${value}`.execute(database.read);
    return;
  }
  // The administrator may write in spite of it.
  await sql`create user if not exists ordinary@'127.0.0.1'`.execute(database.read);
  await sql`grant all on mysql.* to ordinary@'127.0.0.1'`.execute(database.read);
  await sql`set global read_only = ${sql.lit(on ? 1 : 0)}`.execute(database.read);
}
