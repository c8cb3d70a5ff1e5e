import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { listActionLogs } from '#/domain/logs/index.ts';
import { openApi } from '#/testing/api-fixture.ts';

const startMs = Date.UTC(2026, 0, 1);
const laterSeconds = startMs / 1000 + 3600;

async function setUp(t: Parameters<typeof openApi>[0]) {
  const api = await openApi(t, { startMs });
  await api.createPerson('root', { superuser: true, email: 'root@example.com' });
  const call = (method: string, path: string, body?: unknown) =>
    api.call(method, `/superuser/${path}`, { as: 'root', body });
  const logs = async (limit: number) => {
    const { entries } = await listActionLogs(api.services, {
      scope: { kind: 'registry' },
      fromMs: 0,
      untilMs: Number.MAX_SAFE_INTEGER,
      before: undefined,
      limit,
    });
    return entries.map(({ kind, metadata, performer }) => ({ kind, metadata, by: performer?.name }));
  };
  return { api, call, logs };
}

test('a key is made, shown, changed and deleted; its private half is shown once', async (t) => {
  const { api, call, logs } = await setUp(t);
  const made = await call('POST', 'keys', {
    service: 'security_scanner',
    expiration: laterSeconds,
    name: 'Scanner key: 1/2',
    metadata: { team: 'ops' },
    notes: 'by hand',
  });
  assert.equal(made.status, 200, made.text);
  const { kid, public_key: publicPem, private_key: privatePem, ...rest } = made.json;
  assert.deepEqual(rest, { name: 'Scanner key: 1/2', service: 'security_scanner' });
  assert.match(kid, /^[0-9a-f]{64}$/);
  assert.match(privatePem, /^-----BEGIN RSA PRIVATE KEY-----\n/);
  assert.equal(createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }), publicPem);
  const about = {
    kid,
    service: 'security_scanner',
    name: 'Scanner key: 1/2',
    expiration_date: laterSeconds,
  };
  const approved = { ...about, preshared: true, auto_approved: true };
  assert.deepEqual(await logs(2), [
    { kind: 'service_key_approve', metadata: approved, by: 'root' },
    { kind: 'service_key_create', metadata: approved, by: 'root' },
  ]);

  const shown = await call('GET', `keys/${kid}`);
  const { approver, ...approval } = shown.json.approval;
  assert.equal(approver.username, 'root');
  const jwk = createPublicKey(publicPem).export({ format: 'jwk' });
  assert.deepEqual(
    { ...shown.json, approval },
    {
      name: 'Scanner key: 1/2',
      kid,
      service: 'security_scanner',
      jwk,
      metadata: { team: 'ops', created_by: 'Quay Superuser Panel', creator: 'root', ip: '127.0.0.1' },
      created_date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      expiration_date: 'Thu, 01 Jan 2026 01:00:00 GMT',
      rotation_duration: null,
      approval: {
        approval_type: 'Super User API',
        approved_date: 'Thu, 01 Jan 2026 00:00:00 GMT',
        notes: 'by hand',
      },
    },
  );
  const listed = await call('GET', 'keys');
  assert.deepEqual(Object.keys(listed.json), ['keys']);
  const instance = listed.json.keys.find((key: { service: string }) => key.service === 'quay');
  assert.deepEqual([instance.approval.approver, instance.approval.approval_type], [null, 'Automatic']);
  assert.deepEqual(
    listed.json.keys.find((key: { kid: string }) => key.kid === kid),
    shown.json,
  );

  const renamed = await call('PUT', `keys/${kid}`, { name: 'other', expiration: null });
  assert.deepEqual([renamed.json.name, renamed.json.expiration_date], ['other', null]);
  assert.deepEqual(await logs(2), [
    { kind: 'service_key_modify', metadata: { ...about, name: 'other', expiration_date: null }, by: 'root' },
    {
      kind: 'service_key_extend',
      metadata: { ...about, expiration_date: null, old_expiration_date: laterSeconds },
      by: 'root',
    },
  ]);
  const changed = await call('PUT', `keys/${kid}`, { metadata: { note: 1 } });
  assert.deepEqual([changed.json.metadata, changed.json.name], [{ note: 1 }, 'other']);

  assert.equal((await call('DELETE', `keys/${kid}`)).status, 204);
  assert.deepEqual((await logs(1))[0], {
    kind: 'service_key_delete',
    metadata: { ...about, name: 'other', expiration_date: null, created_date: startMs / 1000 },
    by: 'root',
  });
  const rows = await api.services.database.read.selectFrom('service_keys').selectAll().execute();
  assert.ok(rows.every(({ jwk_json: text }) => !('d' in JSON.parse(text))));
});

test('what is wrong or missing is refused', async (t) => {
  const { call } = await setUp(t);
  const past = startMs / 1000 - 1;
  for (const body of [
    { service: 'scanner' },
    { expiration: null },
    { service: 'scanner', expiration: past },
    { service: 'scanner', expiration: 'soon' },
    { service: 'scanner', expiration: 1e12 },
    { service: 'Bad Name', expiration: null },
    { service: 'scanner', expiration: null, name: '<b>' },
  ]) {
    assert.equal((await call('POST', 'keys', body)).status, 400, JSON.stringify(body));
  }
  const made = await call('POST', 'keys', { service: 'scanner', expiration: null });
  const { kid } = made.json;
  for (const body of [{ expiration: past }, { name: '<b>' }, { metadata: 'text' }]) {
    assert.equal((await call('PUT', `keys/${kid}`, body)).status, 400, JSON.stringify(body));
  }
  for (const body of [undefined, { notes: 'again' }]) {
    const approved = await call('POST', `approvedkeys/${kid}`, body);
    assert.deepEqual([approved.status, approved.text], [201, '']);
  }
  for (const [method, path, body] of [
    ['GET', 'keys/unknown', undefined],
    ['PUT', 'keys/unknown', { name: 'x' }],
    ['DELETE', 'keys/unknown', undefined],
    ['POST', 'approvedkeys/unknown', undefined],
  ] as const) {
    assert.equal((await call(method, path, body)).status, 404, `${method} ${path}`);
  }
});
