import { join } from 'node:path';
import { z } from 'zod';
import { type DefaultContext, key, section } from '#/config/key.ts';
import type { ValueType } from '#/config/value-types.ts';
import {
  boolean,
  choice,
  decimal,
  integer,
  nonEmptyText,
  optional,
  required,
  shape,
} from '#/config/value-types.ts';
import { InvalidConnectionUriError, parseConnectionUri } from '#/db/connection-uri.ts';

const expectedUri =
  'sqlite:///PATH, postgresql://USER:PASSWORD@HOST[:PORT]/NAME or mysql+pymysql://USER:PASSWORD@HOST[:PORT]/NAME, with the password percent-encoded';

const databaseUri: ValueType<string> = {
  schema: z.string({ error: expectedUri }).transform((uri, context) => {
    try {
      parseConnectionUri(uri);
      return uri.trim();
    } catch (error) {
      if (!(error instanceof InvalidConnectionUriError)) throw error;
      context.addIssue({ code: 'custom', message: expectedUri });
      return z.NEVER;
    }
  }),
  label: 'string',
};

/** The URIs of the replicas. */
const readReplicas: ValueType<string[]> = {
  schema: z
    .array(z.looseObject({ DB_URI: databaseUri.schema }, { error: 'an object with DB_URI' }), {
      error: 'a list of objects with DB_URI',
    })
    .transform((replicas) => replicas.map(({ DB_URI }) => DB_URI)),
  label: 'list of object',
};

/** The URI of the embedded database in a data directory. */
export function embeddedDatabaseUri({ dataDirectory }: DefaultContext): string {
  const path = join(dataDirectory, 'wharf.db');
  return `sqlite:///${path.split('/').map(encodeURIComponent).join('/')}`;
}

const connectionArguments = shape({
  threadlocals: optional(boolean),
  autorollback: optional(boolean),
  ssl: optional(
    shape({ ca: required(nonEmptyText), cert: optional(nonEmptyText), key: optional(nonEmptyText) }),
  ),
  connect_timeout: optional(decimal(0.1, 600)),
  max_connections: optional(integer(1, 10_000)),
  stale_timeout: optional(decimal(0)),
  sslmode: optional(choice('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full')),
  sslrootcert: optional(nonEmptyText),
  sslcert: optional(nonEmptyText),
  sslkey: optional(nonEmptyText),
  sslcrl: optional(nonEmptyText),
  keepalives: optional(integer(0)),
  keepalives_idle: optional(integer(0)),
});

export const databaseSection = section('Database', {
  uri: key('DB_URI', databaseUri, {
    default: embeddedDatabaseUri,
    defaultText: '`wharf.db` in the data directory',
    since: '2.9',
    summary: 'SQLite, PostgreSQL or MySQL/MariaDB.',
  }),
  connectionArguments: key('DB_CONNECTION_ARGS', connectionArguments, {
    default: {},
    since: '2.9',
    summary:
      'Time-outs and TLS of the connection; `ssl.ca` names the file of the CA; `conf/stack/NAME` is a file beside `config.yaml`.',
  }),
  readReplicas: key('DB_READ_REPLICAS', readReplicas, {
    default: [],
    since: '3.2',
    summary:
      'Replicas of `DB_URI`, each with its own `DB_URI`: lists of tags and pages of logs are read there and may be as far behind as they are.',
  }),
  connectionPooling: key('DB_CONNECTION_POOLING', boolean, {
    default: true,
    since: '3.12',
    summary: 'Keep idle connections.',
  }),
  allowPullsWithoutStrictLogging: key('ALLOW_PULLS_WITHOUT_STRICT_LOGGING', boolean, {
    default: false,
    since: '2.9',
    summary: 'A pull succeeds although its audit entry cannot be stored yet.',
  }),
  allowWithoutStrictLogging: key('ALLOW_WITHOUT_STRICT_LOGGING', boolean, {
    default: false,
    since: '3.12',
    summary: 'The same for every action; only pulls so far.',
  }),
});
