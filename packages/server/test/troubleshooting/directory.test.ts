import { after, before, describe } from 'node:test';
import { eventually } from '#/testing/eventually.ts';
import { directoryPassword, fillDirectory, personLdif } from '#/testing/ldap-people.ts';
import { type ServerProcess, startServer } from '#/testing/server-process.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';
import { basic, checkSection, refusalOf } from './page.ts';

describe('a registry on a directory', needsSlapd(), () => {
  let slapd: Slapd;
  const servers: ServerProcess[] = [];

  before(async () => {
    slapd = await startSlapd({ withoutTls: true });
    await fillDirectory(slapd);
    await slapd.add(personLdif(slapd.baseDn, { name: 'nomail' }));
  });
  after(async () => {
    for (const server of servers) await server.dispose();
    await slapd?.stop();
  });

  /** What a log-in at a new server with these keys is told. */
  async function logIn(
    username: string,
    password: string,
    keys: Readonly<Record<string, unknown>> = {},
    status = 401,
  ): Promise<string> {
    const server = await startServer({
      configuration: {
        AUTHENTICATION_TYPE: 'LDAP',
        LDAP_URI: slapd.uri,
        LDAP_BASE_DN: slapd.baseDn.split(','),
        LDAP_USER_RDN: ['ou=people'],
        LDAP_ADMIN_DN: slapd.adminDn,
        LDAP_ADMIN_PASSWD: slapd.adminPassword,
        ...keys,
      },
    });
    servers.push(server);
    const url = `${server.url}/v2/auth?service=${server.host}`;
    return refusalOf(url, { method: 'GET', headers: basic(username, password) }, status);
  }

  checkSection('People of a directory cannot log in', {
    'Username not found': () => logIn('alice', directoryPassword, { LDAP_USER_FILTER: '(title=chief)' }),
    'Invalid password': () => logIn('alice', 'wrong-password'),
    'Anonymous binding not allowed': () => logIn('alice', ''),
    'Missing mail field "…" in user record': () =>
      logIn('nomail', directoryPassword, { FEATURE_MAILING: true, MAIL_SERVER: '127.0.0.1' }),
    'The directory does not answer at present. Try again.: LDAP Admin dn or password is invalid…':
      async () => {
        await logIn('alice', directoryPassword, { LDAP_ADMIN_PASSWD: 'former-password' }, 503);
        const server = servers.at(-1);
        const line = await eventually('a line in the log', 5_000, async () =>
          server
            ?.output()
            .split('\n')
            .find((each) => each.includes('request refused')),
        );
        return JSON.parse(line).err.message;
      },
    'The directory does not answer at present. Try again.': async () => {
      await slapd.halt();
      try {
        return await logIn('alice', directoryPassword, {}, 503);
      } finally {
        await slapd.resume();
      }
    },
  });
});
