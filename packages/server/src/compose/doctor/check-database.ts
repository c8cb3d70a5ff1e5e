import { resolve } from 'node:path';
import { fileExists } from '#/config/find-directory.ts';
import { explain } from '#/config/validators/describe-connection-fault.ts';
import { reasonOf } from '#/config/validators/reason-of.ts';
import { findDurabilityProblems } from '#/db/check-durability.ts';
import { parseConnectionUri } from '#/db/connection-uri.ts';
import type { Database } from '#/db/database.ts';
import { describeInstance } from '#/db/describe-instance.ts';
import { NewerSchemaError, pendingMigrations } from '#/db/migrate.ts';
import { openDatabase } from '#/db/open-database.ts';
import { type DoctorCheck, type Finding, failed, ok, type Patient, warning } from './finding.ts';

const connectLimitSeconds = 5;
/** Within this, log lines and expirations of several nodes still make sense. */
const toleratedDriftMs = 2_000;
/** Beyond this, tokens of one node are not valid yet, or over, at another. */
const harmfulDriftMs = 60_000;

/** Connection, version, schema, durability, and its clock beside ours. */
export const databaseCheck: DoctorCheck = {
  name: 'database',
  async run(patient) {
    const { uri, connectionArguments } = patient.configuration.database;
    const target = parseConnectionUri(uri);
    if (target.dialect === 'sqlite') {
      const path = resolve(patient.dataDirectory, target.path);
      // Opening it would make it.
      if (!(await fileExists(path)))
        return [
          warning(
            'database',
            `The file ${path} does not exist yet.`,
            'The first start of wharf serve makes it; if there should be one, check DB_URI and --data.',
          ),
        ];
    }
    let database: Database;
    try {
      database = await openDatabase({
        uri,
        connectionArgs: { ...connectionArguments, connect_timeout: connectLimitSeconds },
        pooling: false,
        dataDirectory: patient.dataDirectory,
      });
    } catch (error) {
      return [
        failed(
          'database',
          explain(error),
          'Check that the database runs and DB_URI: host, port, name, user and percent-encoded password; TLS is set in DB_CONNECTION_ARGS.',
        ),
      ];
    }
    try {
      return await examine(database, patient);
    } finally {
      await database.close();
    }
  },
};

async function examine(database: Database, patient: Patient): Promise<readonly Finding[]> {
  const beforeMs = patient.clock.nowMs();
  const { product, nowMs } = await describeInstance(database);
  // The answer was made somewhere in between.
  const driftMs = (beforeMs + patient.clock.nowMs()) / 2 - nowMs;
  return [
    ok('database', `${product} answers.`),
    await examineSchema(database),
    ...(await examineDurability(database)),
    ...(database.dialect === 'sqlite' ? [] : [judgeDrift(driftMs)]),
  ];
}

async function examineSchema(database: Database): Promise<Finding> {
  try {
    const pending = await pendingMigrations(database);
    if (pending.length === 0) return ok('database schema', 'The schema is up to date.');
    return warning(
      'database schema',
      `The schema lacks ${pending.length} migrations, from ${pending[0]} on.`,
      'The next start of wharf serve makes them, or wharf migrate beforehand.',
    );
  } catch (error) {
    if (!(error instanceof NewerSchemaError)) throw error;
    return failed(
      'database schema',
      `${reasonOf(error)}.`,
      'Use the newer version of Wharf, or restore the backup from before the upgrade.',
    );
  }
}

async function examineDurability(database: Database): Promise<readonly Finding[]> {
  const problems = await findDurabilityProblems(database);
  if (problems.length === 0) return [];
  return [
    warning(
      'database durability',
      `The server is set to ${problems.join(', ')}: a power failure may take back what was acknowledged.`,
      'Set it to its default and restart the database.',
    ),
  ];
}

function judgeDrift(driftMs: number): Finding {
  const seconds = Math.abs(driftMs / 1000).toFixed(1);
  const message = `This machine is ${seconds} s ${driftMs < 0 ? 'behind' : 'ahead of'} the database.`;
  const advice = 'Let an NTP client (chrony, systemd-timesyncd) keep the clocks of both machines.';
  if (Math.abs(driftMs) > harmfulDriftMs) return failed('clock', message, advice);
  if (Math.abs(driftMs) > toleratedDriftMs) return warning('clock', message, advice);
  return ok('clock', message);
}
