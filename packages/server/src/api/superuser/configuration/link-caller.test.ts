import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findAccountByFederatedLogin } from '#/domain/namespaces/index.ts';
import { openApi } from '#/testing/api-fixture.ts';
import { directoryPassword, fillDirectory } from '#/testing/ldap-people.ts';
import { needsSlapd, startSlapd } from '#/testing/slapd.ts';

describe('the superuser who changes AUTHENTICATION_TYPE', needsSlapd(), () => {
  for (const [name, password, message] of [
    ['alice', undefined, /send your password of the new directory/],
    ['alice', 'wrong-secret', /would not be able to sign in as "alice"/],
    ['nobody-there', directoryPassword, /nobody there is called so/],
    ['alice', directoryPassword, undefined],
  ] as const) {
    const outcome = message === undefined ? 'is linked and goes on' : 'is told, and nothing changes';
    test(`${name} with ${password === undefined ? 'no' : password === directoryPassword ? 'the right' : 'a wrong'} password ${outcome}`, async (t) => {
      const slapd = await startSlapd({ withoutTls: true });
      t.after(() => slapd.stop());
      await fillDirectory(slapd);
      const api = await openApi(t);
      const person = await api.createPerson(name, { superuser: true });
      const { config } = (await api.call('GET', '/superuser/config', { as: name })).json;
      const changed = {
        ...config,
        AUTHENTICATION_TYPE: 'LDAP',
        LDAP_URI: slapd.uri,
        LDAP_ALLOW_INSECURE_FALLBACK: true,
        LDAP_BASE_DN: slapd.baseDn.split(','),
        LDAP_USER_RDN: ['ou=people'],
        LDAP_ADMIN_DN: slapd.adminDn,
        LDAP_ADMIN_PASSWD: slapd.adminPassword,
      };
      const answer = await api.call('PUT', '/superuser/config', {
        as: name,
        body: { config: changed, ...(password === undefined ? {} : { password }) },
      });
      const linked = await findAccountByFederatedLogin(api.services.database.read, 'ldap', name);
      if (message !== undefined) {
        assert.equal(answer.status, 400, answer.text);
        assert.match(answer.json.message, message);
        assert.equal(linked, undefined);
        const { config: after } = (await api.call('GET', '/superuser/config', { as: name })).json;
        assert.notEqual(after.AUTHENTICATION_TYPE, 'LDAP');
        return;
      }
      assert.equal(answer.status, 200, answer.text);
      assert.equal(linked?.id, person.id);
      const signIn = await api.call('POST', '/signin', { body: { username: name, password } });
      assert.equal(signIn.status, 200, signIn.text);
    });
  }
});
