import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvalidConnectionUriError, parseConnectionUri } from '#/db/connection-uri.ts';

const server = {
  dialect: 'postgresql',
  host: 'localhost',
  port: 5432,
  user: 'quay',
  password: 'secret',
  database: 'quay',
  socket: undefined,
  parameters: {},
};

const cases: readonly [uri: string, expected: Record<string, unknown>][] = [
  ['sqlite:///test/data/test.db', { dialect: 'sqlite', path: 'test/data/test.db' }],
  ['sqlite:////var/lib/quay/quay.db', { dialect: 'sqlite', path: '/var/lib/quay/quay.db' }],
  ['sqlite:////with%20space.db', { dialect: 'sqlite', path: '/with space.db' }],
  ['postgresql://quay:secret@localhost/quay', server],
  ['postgresql+psycopg2://quay:secret@localhost:5432/quay', server],
  ['postgresql://quay:secret@db.example:6432/quay', { ...server, host: 'db.example', port: 6432 }],
  ['postgresql://quay:p%40s%2Fs%3A@localhost/quay', { ...server, password: 'p@s/s:' }],
  ['postgresql://quay:p@s/s:x@localhost/quay', { ...server, password: 'p@s/s:x' }],
  ['postgresql://quay:secret@[::1]:5433/quay', { ...server, host: '::1', port: 5433 }],
  ['postgresql://quay@localhost/quay', { ...server, password: '' }],
  [
    'postgresql://quay:secret@/quay?host=/run/postgresql',
    { ...server, socket: '/run/postgresql', parameters: { host: '/run/postgresql' } },
  ],
  [
    'postgresql://quay:secret@localhost/quay?sslmode=require',
    { ...server, parameters: { sslmode: 'require' } },
  ],
  ['mysql+pymysql://quay:secret@localhost/quay', { ...server, dialect: 'mysql', port: 3306 }],
  ['mysql://quay:secret@localhost/quay', { ...server, dialect: 'mysql', port: 3306 }],
  [
    'mysql+pymysql://quay:secret@/quay?unix_socket=/run/mysqld/mysqld.sock',
    {
      ...server,
      dialect: 'mysql',
      port: 3306,
      socket: '/run/mysqld/mysqld.sock',
      parameters: { unix_socket: '/run/mysqld/mysqld.sock' },
    },
  ],
];

for (const [uri, expected] of cases) {
  test(`DB_URI ${uri}`, () => assert.deepEqual(parseConnectionUri(uri), expected));
}

const wrong: readonly [uri: string, problem: RegExp][] = [
  ['', /no scheme/],
  ['quay.db', /no scheme/],
  ['oracle://quay:secret@localhost/quay', /unknown scheme "oracle"/],
  ['sqlite://', /names no file/],
  ['sqlite:///', /names no file/],
  ['postgresql://quay:secret@localhost', /cannot be read/],
  ['postgresql://quay:secret@localhost/', /names no database/],
  ['postgresql://quay:secret@localhost:99999/quay', /invalid port/],
  ['postgresql://quay:secret@localhost:x/quay', /cannot be read/],
  ['postgresql://quay:%zzsecret@localhost/quay', /malformed percent-encoding/],
];

for (const [uri, problem] of wrong) {
  test(`DB_URI ${uri || '(empty)'} is refused without telling the password`, () => {
    assert.throws(
      () => parseConnectionUri(uri),
      (error) =>
        error instanceof InvalidConnectionUriError &&
        problem.test(error.message) &&
        !error.message.includes('secret'),
    );
  });
}
