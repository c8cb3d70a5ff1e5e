import { after, before } from 'node:test';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { authEngineConformance, type EnginePerson } from '#/testing/auth-engine-conformance.ts';
import { fillDirectory, ldapEngineConfig } from '#/testing/ldap-people.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';
import { startTcpRelay } from '#/testing/tcp-relay.ts';

const { skip } = needsSlapd();
let slapd: Slapd;
let people: readonly EnginePerson[];

before(async () => {
  if (skip !== false) return;
  slapd = await startSlapd({ withoutTls: true });
  people = await fillDirectory(slapd);
});
after(() => slapd?.stop());

authEngineConformance('LDAP', {
  skip,
  checks: 'remotely',
  async open(t, services, { timeoutMs }) {
    const relay = await startTcpRelay(Number(new URL(slapd.uri).port));
    t.after(() => relay.close());
    const config = ldapEngineConfig(slapd, {
      uri: `ldap://127.0.0.1:${relay.port}`,
      timeoutSeconds: timeoutMs / 2000,
      networkTimeoutSeconds: timeoutMs / 2000,
    });
    return {
      engine: openAuthEngine(services, 'LDAP', config),
      people,
      remote: {
        halt: () => slapd.halt(),
        async hang() {
          relay.freeze();
        },
        async resume() {
          relay.thaw();
          await slapd.resume();
        },
        changePassword: ({ name }, password) =>
          slapd.modify(
            `dn: uid=${name},ou=people,${slapd.baseDn}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${password}\n`,
          ),
        countChecks: () => slapd.countUserBinds(),
      },
    };
  },
});
