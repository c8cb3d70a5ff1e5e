import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { isOutage, openLdapEngine, verifiedName } from '#/testing/ldap-engine.ts';
import { directoryPassword, fillDirectory } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';

describe('LDAP and TLS against slapd', needsSlapd(), () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd();
    await fillDirectory(slapd);
  });
  after(() => slapd.stop());
  const open = (t: TestContext, changes?: Readonly<Record<string, unknown>>) =>
    openLdapEngine(t, slapd, changes);

  const trusted = getCACertificates('default');
  const trust = (t: TestContext) => {
    setDefaultCACertificates([...trusted, slapd.ca]);
    t.after(() => setDefaultCACertificates(trusted));
  };

  test('ldaps:// with an own authority', async (t) => {
    trust(t);
    const { engine } = await open(t, { uri: slapd.tlsUri });
    assert.equal(await verifiedName(engine, 'alice'), 'alice');
  });

  test('nobody trusts the certificate: no password leaves, with ldaps:// and with StartTLS', async (t) => {
    for (const uri of [slapd.tlsUri, slapd.uri]) {
      const { engine } = await open(t, { uri });
      const before = await slapd.countBinds();
      await assert.rejects(engine.verify('alice', directoryPassword), isOutage);
      assert.match((await engine.findFault?.()) ?? '', /certificate/);
      assert.equal(await slapd.countBinds(), before);
    }
  });

  test('LDAP_ALLOW_INSECURE_FALLBACK goes on without TLS', async (t) => {
    const { engine } = await open(t, { allowInsecureFallback: true });
    assert.equal(await verifiedName(engine, 'alice'), 'alice');
    const strict = await open(t, { allowInsecureFallback: true, uri: slapd.tlsUri });
    await assert.rejects(strict.engine.verify('alice', directoryPassword), isOutage);
  });

  test('StartTLS where the server offers it', async (t) => {
    trust(t);
    const before = await slapd.countTlsSessions();
    const { engine } = await open(t);
    assert.equal(await verifiedName(engine, 'alice'), 'alice');
    assert.equal((await slapd.countTlsSessions()) - before, 2, 'to search and to check the password');
  });

  test('a server without StartTLS is used without', async (t) => {
    const plain = await startSlapd({ withoutTls: true });
    t.after(() => plain.stop());
    await fillDirectory(plain);
    const { engine } = await openLdapEngine(t, plain);
    assert.equal(await verifiedName(engine, 'alice'), 'alice');
  });

  test('a certificate for another name is refused', async (t) => {
    const other = await startSlapd({ subjectName: 'DNS:ldap.example.com' });
    t.after(() => other.stop());
    setDefaultCACertificates([...trusted, other.ca]);
    t.after(() => setDefaultCACertificates(trusted));
    for (const uri of [other.tlsUri, other.uri]) {
      const { engine } = await openLdapEngine(t, other, { uri });
      assert.match((await engine.findFault?.()) ?? '', /does not match|altname/i);
      await assert.rejects(engine.verify('alice', directoryPassword), isOutage);
    }
  });
});
