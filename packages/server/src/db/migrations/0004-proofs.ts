import { sql } from 'kysely';
import { integer, name, nullable, references } from './columns.ts';
import { createTableStatements, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

const oauthCodeDetails: Table = {
  name: 'oauth_code_details',
  columns: {
    code_id: references('oauth_authorization_codes', 'cascade'),
    challenge: nullable(name(64)),
    used_ms: nullable(integer()),
    token_uuid: nullable(name(36)),
  },
  primaryKey: ['code_id'],
};

const robotFederationAudiences: Table = {
  name: 'robot_federation_audiences',
  columns: {
    federation_id: references('robot_federations', 'cascade'),
    audience: name(255),
  },
  primaryKey: ['federation_id'],
};

export const proofTables: readonly Table[] = [oauthCodeDetails, robotFederationAudiences];

export const proofs: Migration = {
  number: 4,
  name: 'proofs of codes and of external identities',
  steps: (target) =>
    proofTables
      .flatMap((table) => createTableStatements(table, target))
      .map((statement) => async (db) => {
        await sql.raw(statement).execute(db);
      }),
};
