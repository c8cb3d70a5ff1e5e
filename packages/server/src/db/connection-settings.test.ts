import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConnectionSettings } from '#/db/connection-settings.ts';
import { parseConnectionUri } from '#/db/connection-uri.ts';

function read(args: Record<string, unknown>, options: { query?: string; pooling?: boolean } = {}) {
  const target = parseConnectionUri(`postgresql://u:p@h/d${options.query ?? ''}`);
  assert.ok(target.dialect !== 'sqlite');
  return readConnectionSettings(target, args, options.pooling ?? true);
}

test("Quay's own arguments mean nothing here and are accepted", () => {
  assert.deepEqual(read({ threadlocals: true, autorollback: true }), read({}));
});

test('defaults', () => {
  const settings = read({});
  assert.equal(settings.connectTimeoutMs, 10_000);
  assert.equal(settings.idleTimeoutMs, 300_000);
  assert.equal(settings.sslMode, undefined);
  assert.ok(settings.keepAlive);
});

test('numbers, TLS files and keepalives are taken over', () => {
  const settings = read({
    connect_timeout: 5,
    max_connections: '7',
    stale_timeout: 30,
    ssl: { ca: '/ca.pem' },
    sslcert: '/cert.pem',
    sslkey: '/key.pem',
    keepalives: 0,
    keepalives_idle: 10,
  });
  assert.equal(settings.connectTimeoutMs, 5000);
  assert.equal(settings.maximumConnections, 7);
  assert.equal(settings.idleTimeoutMs, 30_000);
  assert.deepEqual(settings.tlsFiles, {
    ca: '/ca.pem',
    certificate: '/cert.pem',
    key: '/key.pem',
    revocations: undefined,
  });
  assert.equal(settings.keepAlive, false);
  assert.equal(settings.keepAliveIdleMs, 10_000);
});

test('parameters of DB_URI count too, DB_CONNECTION_ARGS wins', () => {
  assert.equal(read({}, { query: '?sslmode=require' }).sslMode, 'require');
  assert.equal(read({ sslmode: 'disable' }, { query: '?sslmode=require' }).sslMode, 'disable');
});

test('without pooling no connection is kept', () => {
  assert.equal(read({ stale_timeout: 30 }, { pooling: false }).idleTimeoutMs, 0);
});

const wrong: readonly [args: Record<string, unknown>, problem: RegExp][] = [
  [{ connect_timeout: 'soon' }, /connect_timeout must be a number/],
  [{ max_connections: 0 }, /max_connections/],
  [{ sslmode: 'sometimes' }, /sslmode must be one of disable/],
  [{ ssl: 'yes' }, /ssl must be a mapping/],
  [{ ssl: { ca: 5 } }, /ssl\.ca must be the path/],
];

for (const [args, problem] of wrong) {
  test(`DB_CONNECTION_ARGS ${JSON.stringify(args)} is refused`, () =>
    assert.throws(() => read(args), problem));
}
