import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { openApi } from '#/testing/api-fixture.ts';
import { directoryPassword, fillDirectory } from '#/testing/ldap-people.ts';
import { startLocalServer } from '#/testing/local-server.ts';
import { needsSlapd, startSlapd } from '#/testing/slapd.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';

async function open(t: TestContext) {
  const api = await openApi(t, { configuration: {} });
  await api.createPerson('alice', { email: 'alice@example.com', superuser: true });
  const { config } = (await api.call('GET', '/superuser/config', { as: 'alice' })).json;
  const validate = async (service: string, change: object, password?: string) =>
    (
      await api.call('POST', `/superuser/config/validate/${service}`, {
        as: 'alice',
        body: { config: { ...config, ...change }, ...(password === undefined ? {} : { password }) },
      })
    ).json;
  return { api, validate };
}

test('the test mail goes to the superuser who asks', async (t) => {
  const sink = await startSmtpSink();
  t.after(() => sink.close());
  const { validate } = await open(t);
  const change = {
    FEATURE_MAILING: true,
    MAIL_SERVER: '127.0.0.1',
    MAIL_PORT: sink.port,
    MAIL_USE_TLS: false,
  };
  assert.deepEqual(await validate('mail', change), { status: true });
  assert.deepEqual(
    sink.mails.map(({ to }) => to),
    [['alice@example.com']],
  );
});

test(
  'the directory is asked about the superuser with the password that was typed',
  needsSlapd(),
  async (t) => {
    const slapd = await startSlapd({ withoutTls: true });
    t.after(() => slapd.stop());
    await fillDirectory(slapd);
    const { validate } = await open(t);
    const change = {
      AUTHENTICATION_TYPE: 'LDAP',
      LDAP_URI: slapd.uri,
      LDAP_ALLOW_INSECURE_FALLBACK: true,
      LDAP_BASE_DN: slapd.baseDn.split(','),
      LDAP_USER_RDN: ['ou=people'],
      LDAP_ADMIN_DN: slapd.adminDn,
      LDAP_ADMIN_PASSWD: slapd.adminPassword,
    };
    assert.deepEqual(await validate('ldap', change, directoryPassword), { status: true });
    const refused = await validate('ldap', change, 'wrong-secret');
    assert.equal(refused.status, false);
    assert.match(
      refused.reason,
      /^Verification of superuser alice failed: Invalid password\n\nThe user either/,
    );
  },
);

test('the tracker gets a token that the published keys of this registry confirm', async (t) => {
  const { api, validate } = await open(t);
  const tracker = await startLocalServer(t, async ({ url }) => {
    const token = url.searchParams.get('jwt') ?? '';
    const { kid } = decodeProtectedHeader(token);
    const { json } = await api.call('GET', `//keys/services/quay/keys/${kid}`);
    const { payload } = await jwtVerify(token, createPublicKey({ key: json, format: 'jwk' }), {
      issuer: 'quay',
    });
    return { body: String(payload.infohash).length === 40 ? 'd8:intervali1800ee' : 'invalid jwt' };
  });
  const change = { FEATURE_BITTORRENT: true, BITTORRENT_ANNOUNCE_URL: `${tracker.url}/announce` };
  assert.deepEqual(await validate('bittorrent', change), { status: true });
});

test('a scanner is not asked before the running registry has scans on', async (t) => {
  const { validate } = await open(t);
  const change = { FEATURE_SECURITY_SCANNER: true, SECURITY_SCANNER_ENDPOINT: 'http://127.0.0.1:1' };
  assert.deepEqual(await validate('security-scanner', change), { status: true });
});
