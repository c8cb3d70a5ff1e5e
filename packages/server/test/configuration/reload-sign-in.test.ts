import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { directoryPassword, fillDirectory } from '#/testing/ldap-people.ts';
import { fetchRegistryToken, initializeServer, startServer } from '#/testing/server-process.ts';
import { needsSlapd, startSlapd } from '#/testing/slapd.ts';
import { openPanel, type Panel } from '#/testing/superuser-panel.ts';

async function save(panel: Panel, keys: Readonly<Record<string, unknown>>, password?: string): Promise<void> {
  const { config } = (await panel.call('GET', '/superuser/config')).json;
  const saved = await panel.call('PUT', '/superuser/config', {
    config: { ...config, ...keys },
    ...(password === undefined ? {} : { password }),
  });
  assert.equal(saved.status, 200, saved.text);
  assert.deepEqual(saved.json.restart, []);
}

describe('sign-in of a running server', () => {
  test('an external login comes and goes with its keys', async (t) => {
    const server = await startServer();
    t.after(() => server.dispose());
    await initializeServer(server);
    const panel = await openPanel(server);
    const offered = async (): Promise<string[]> => {
      const about = (await (await fetch(`${server.url}/config`)).json()) as {
        external_login: { id: string }[];
      };
      return about.external_login.map(({ id }) => id);
    };
    // In a browser of its own: it gets a cookie for the way back.
    const begin = async () =>
      (await openPanel(server)).call('POST', '/externallogin/github', { kind: 'login' });
    assert.deepEqual(await offered(), []);
    assert.equal((await begin()).status, 400);
    await save(panel, {
      FEATURE_GITHUB_LOGIN: true,
      GITHUB_LOGIN_CONFIG: {
        CLIENT_ID: 'client-of-a-test',
        CLIENT_SECRET: 'secret-of-a-test',
        GITHUB_ENDPOINT: 'https://github.example.com/',
      },
    });
    assert.deepEqual(await offered(), ['github']);
    const { json } = await begin();
    assert.equal(new URL(json.auth_url).host, 'github.example.com');
    assert.equal(new URL(json.auth_url).searchParams.get('client_id'), 'client-of-a-test');
    await save(panel, { FEATURE_GITHUB_LOGIN: false });
    assert.deepEqual(await offered(), []);
    assert.equal((await begin()).status, 400);
  });

  test('proxies are believed once they are named', async (t) => {
    const server = await startServer();
    t.after(() => server.dispose());
    await initializeServer(server);
    const panel = await openPanel(server);
    const realm = async (): Promise<string> => {
      const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'reg.example.com' };
      return (await fetch(`${server.url}/v2/`, { headers })).headers.get('www-authenticate') ?? '';
    };
    assert.doesNotMatch(await realm(), /reg\.example\.com|https:/);
    await save(panel, { TRUSTED_PROXY_CIDR: '127.0.0.0/8' });
    assert.match(await realm(), /realm="https:\/\/reg\.example\.com\//);
    await save(panel, { TRUSTED_PROXY_CIDR: '192.0.2.0/24' });
    assert.doesNotMatch(await realm(), /reg\.example\.com|https:/);
  });

  test('a directory takes over, and its keys change', needsSlapd(), async (t) => {
    const slapd = await startSlapd({ withoutTls: true });
    t.after(() => slapd.stop());
    await fillDirectory(slapd);
    const server = await startServer();
    t.after(() => server.dispose());
    await initializeServer(server, { username: 'alice', password: 'password1' });
    const panel = await openPanel(server, 'alice');
    const directory = {
      AUTHENTICATION_TYPE: 'LDAP',
      LDAP_URI: slapd.uri,
      LDAP_ALLOW_INSECURE_FALLBACK: true,
      LDAP_BASE_DN: slapd.baseDn.split(','),
      LDAP_USER_RDN: ['ou=people'],
      LDAP_ADMIN_DN: slapd.adminDn,
      LDAP_ADMIN_PASSWD: slapd.adminPassword,
    };
    const signIn = (username: string, password: string) =>
      fetchRegistryToken(server, { username, password }, `repository:${username}/app:pull,push`);
    await signIn('alice', 'password1');
    await assert.rejects(signIn('bobby', directoryPassword), /401/);

    await save(panel, directory, directoryPassword);
    await signIn('alice', directoryPassword);
    await signIn('bobby', directoryPassword);
    await assert.rejects(signIn('alice', 'password1'), /401/);

    await save(panel, { LDAP_USER_FILTER: '(uid=alice)' });
    await signIn('alice', directoryPassword);
    await assert.rejects(signIn('bobby', directoryPassword), /401/);

    await save(panel, { AUTHENTICATION_TYPE: 'Database' });
    await signIn('alice', 'password1');
    await assert.rejects(signIn('alice', directoryPassword), /401/);
  });
});
