import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCertificates } from '#/testing/certificates.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { startRedis } from '#/testing/redis.ts';
import { reasonOf } from '#/testing/validation.ts';

test('database: TLS that the server has not', async (t) => {
  const server = await startPostgresql();
  t.after(() => server.stop());
  const keys = { DB_URI: server.uri, DB_CONNECTION_ARGS: { sslmode: 'require' } };
  assert.match(await reasonOf('database', keys), /SSL|TLS/);
});

test('redis: a certificate of an unknown authority', needsPrograms('redis-server', 'openssl'), async (t) => {
  const server = await startRedis({ tls: await makeCertificates('IP:127.0.0.1') });
  t.after(() => server.stop());
  const BUILDLOGS_REDIS = { host: '127.0.0.1', port: server.port, ssl: true, password: 'wrong-secret' };
  const reason = await reasonOf('redis', { BUILDLOGS_REDIS });
  assert.match(reason, /^BUILDLOGS_REDIS: Redis at .*certificate/);
  assert.doesNotMatch(reason, /wrong-secret/);
});
