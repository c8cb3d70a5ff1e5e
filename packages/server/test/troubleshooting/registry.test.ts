import { after, before, describe } from 'node:test';
import { createPushClient } from '#/testing/push-client.ts';
import { runWharf } from '#/testing/push-command.ts';
import { callHttp } from '#/testing/push-http.ts';
import { makePushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import {
  fetchRegistryToken,
  initializeServer,
  type ServerProcess,
  startServer,
} from '#/testing/server-process.ts';
import { openSession } from './browser-session.ts';
import { basic, checkSection, refusalOf } from './page.ts';

const alice = { username: 'alice', password: 'alice-password' };
const bob = { username: 'bobby', password: 'bobby-password' };
const image = makePushImage(randomLayers(createRandom('faults'), 1, 1000), 'app');
/** The state of a repository is changed over the API only where there are mirrors. */
const common = { FEATURE_EXTENDED_REPOSITORY_NAMES: false, FEATURE_REPO_MIRROR: true };

describe('a registry of two people', () => {
  const dataDirectory = scratchDirectory();
  let server: ServerProcess;
  let accessToken: string;

  before(async () => {
    server = await startServer({ dataDirectory, configuration: common });
    accessToken = (await initializeServer(server, alice)).access_token;
    const words = ['user', 'create', bob.username, '--email', 'bobby@example.com', '--password-stdin'];
    await runWharf(server, words, bob.password);
    const client = createPushClient({ server, repository: 'alice/app', credentials: alice });
    await client.pushImage(image, 'v1', 'docker');
    client.close();
    await runWharf(server, ['repo', 'create', 'bobby/open', '--visibility', 'public']);
  });
  after(() => server?.dispose());

  /** Runs it again with other keys, and then as before. */
  async function withKeys<T>(keys: Readonly<Record<string, unknown>>, work: () => Promise<T>): Promise<T> {
    await restart({ ...common, ...keys });
    try {
      return await work();
    } finally {
      await restart(common);
    }
  }

  async function restart(configuration: Readonly<Record<string, unknown>>): Promise<void> {
    await server.stop();
    server = await startServer({ dataDirectory, configuration });
  }

  const logIn = (who: { username: string; password: string }, status = 401): Promise<string> =>
    refusalOf(
      `${server.url}/v2/auth?service=${server.host}`,
      { method: 'GET', headers: basic(who.username, who.password) },
      status,
    );

  async function api(method: string, path: string, body: unknown): Promise<void> {
    const answer = await callHttp(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    });
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${answer.body}`);
  }

  const bearer = async (who: typeof alice, repository: string): Promise<string> =>
    `Bearer ${await fetchRegistryToken(server, who, `repository:${repository}:pull,push`)}`;

  async function push(repository: string, status: number, who = alice): Promise<string> {
    const headers = { authorization: await bearer(who, repository) };
    const url = `${server.url}/v2/${repository}/blobs/uploads/`;
    return refusalOf(url, { method: 'POST', headers }, status);
  }

  async function pull(reference: string, status: number): Promise<string> {
    const url = `${server.url}/v2/alice/app/manifests/${reference}`;
    const headers = { authorization: await bearer(alice, 'alice/app') };
    return refusalOf(url, { method: 'GET', headers }, status);
  }

  async function pushInState(state: string): Promise<string> {
    await api('PUT', '/repository/alice/app/changestate', { state });
    try {
      return await pushManifest('v2', 401);
    } finally {
      await api('PUT', '/repository/alice/app/changestate', { state: 'NORMAL' });
    }
  }

  async function pushManifest(tag: string, status: number): Promise<string> {
    const headers = {
      authorization: await bearer(alice, 'alice/app'),
      'content-type': 'application/vnd.oci.image.manifest.v1+json',
    };
    const url = `${server.url}/v2/alice/app/manifests/${tag}`;
    return refusalOf(url, { method: 'PUT', headers, body: image.manifest }, status);
  }

  /** Wrong passwords until there is a wait. */
  async function guess(): Promise<string> {
    for (let count = 0; ; count += 1) {
      const answer = await callHttp(`${server.url}/v2/auth?service=${server.host}`, {
        method: 'GET',
        headers: basic(bob.username, 'wrong'),
      });
      if (answer.status === 429) return JSON.parse(String(answer.body)).errors[0].message;
      if (count > 10) throw new Error('nobody is held back');
    }
  }

  checkSection('Logged in, and still refused', {
    'You have no permission for this, or the repository does not exist. (authorized: …)': () =>
      push('alice/app', 401, bob),
    'You have no permission for this, or the repository does not exist.': () =>
      refusalOf(`${server.url}/v2/alice/app/blobs/uploads/`, { method: 'POST' }, 401),
    'The credentials behind this registry token were changed, revoked or disabled. Log in again.':
      async () => {
        const robotToken = (await runWharf(server, ['robot', 'create', 'alice+ci'])).trim();
        const robot = { username: 'alice+ci', password: robotToken };
        const authorization = await bearer(robot, 'alice/app');
        await api('POST', '/user/robots/ci/regenerate', {});
        return refusalOf(
          `${server.url}/v2/alice/app/tags/list`,
          { method: 'GET', headers: { authorization } },
          401,
        );
      },
    'This registry takes no anonymous requests. Log in.': () =>
      withKeys({ FEATURE_ANONYMOUS_ACCESS: false }, () =>
        refusalOf(
          `${server.url}/v2/auth?service=${server.host}&scope=repository:bobby/open:pull`,
          { method: 'GET' },
          401,
        ),
      ),
    'This repository is read-only: nobody can change it. (authorized: …)': () => pushInState('READ_ONLY'),
    'This repository is a mirror: only its synchronisation changes it. (authorized: …)': () =>
      pushInState('MIRROR'),
    'The namespace "…" is disabled. Ask the administrator of this registry to enable it.': async () => {
      await api('PUT', '/superuser/users/bobby', { enabled: false });
      try {
        const url = `${server.url}/v2/auth?service=${server.host}&scope=repository:bobby/open:pull`;
        const headers = basic(alice.username, alice.password);
        return await refusalOf(url, { method: 'GET', headers }, 405);
      } finally {
        await api('PUT', '/superuser/users/bobby', { enabled: true });
      }
    },
    'The registry is read-only at present: pulls work, writes are suspended.': () =>
      withKeys({ REGISTRY_STATE: 'readonly' }, () => push('alice/app', 405)),
    'Pushes are disabled on this registry at present.': () =>
      withKeys({ DISABLE_PUSHES: true }, () => push('alice/app', 405)),
    'The action requires a fresh login to succeed.': () =>
      withKeys({ FRESH_LOGIN_TIMEOUT: '0s' }, async () => {
        const call = await openSession(server.url);
        await call('POST', '/api/v1/signin', alice);
        return JSON.parse(await call('POST', '/api/v1/superuser/users/', { username: 'carol' }))
          .error_message;
      }),
  });

  checkSection('Names', {
    'A namespace must have 2 to 255 lower-case letters or digits, with single ".", "_" or "-" between them.':
      () => refusalOf(`${server.url}/v2/Alice/app/tags/list`, { method: 'GET' }, 400),
    'A repository name must not contain "/" on this registry.': () =>
      refusalOf(`${server.url}/v2/alice/app/part/tags/list`, { method: 'GET' }, 400),
    'A tag must have 1 to 128 letters, digits, "_", "." or "-", and must not start with "." or "-".': () =>
      pushManifest('-v1', 400),
  });

  checkSection('docker login fails', {
    'Wrong user name or password.': () => logIn({ username: 'nobody', password: 'no-password' }),
    'This registry takes no plain passwords from clients. Generate an encrypted password in the account settings and log in with it.':
      () => withKeys({ FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH: true }, () => logIn(alice)),
    'This account is disabled. Ask an administrator to enable it.': async () => {
      await api('PUT', '/superuser/users/bobby', { enabled: false });
      try {
        return await logIn(bob);
      } finally {
        await api('PUT', '/superuser/users/bobby', { enabled: true });
      }
    },
    'The e-mail address of this account is not verified yet. Follow the link in the confirmation mail.': () =>
      withKeys(
        { FEATURE_MAILING: true, MAIL_SERVER: '127.0.0.1', MAIL_PORT: 9, SERVER_HOSTNAME: server.host },
        async () => {
          const carol = { username: 'carol', password: 'carol-password' };
          const call = await openSession(server.url);
          await call('POST', '/api/v1/user/', { ...carol, email: 'carol@example.com' });
          return logIn(carol);
        },
      ),
    'Could not find a robot account with this user name and password.': () =>
      logIn({ username: 'alice+none', password: 'no-token' }),
    'Robot accounts are not in use on this registry.': () =>
      withKeys({ ROBOTS_DISALLOW: true }, async () => {
        await restart(common);
        const token = (await runWharf(server, ['robot', 'create', 'alice+later'])).trim();
        await restart({ ...common, ROBOTS_DISALLOW: true });
        return logIn({ username: 'alice+later', password: token });
      }),
    'Invalid app specific token.': () => logIn({ username: '$app', password: 'A'.repeat(80) }),
    'Invalid access token.': () => logIn({ username: '$token', password: 'A'.repeat(64) }),
    'OAuth access token could not be validated.': () =>
      logIn({ username: '$oauthtoken', password: 'A'.repeat(40) }),
    'This registry takes no passwords. Log in as $app with an application token from your account settings.':
      () =>
        withKeys(
          { AUTHENTICATION_TYPE: 'AppToken', FEATURE_DIRECT_LOGIN: false, FEATURE_APP_SPECIFIC_TOKENS: true },
          () => logIn(alice),
        ),
  });

  checkSection('Pulling fails', {
    'There is no tag … in this repository.': () => pull('never', 404),
    'Tag … was deleted or has expired. To pull, revive via time machine': async () => {
      await api('PUT', '/repository/alice/app/tag/gone', { manifest_digest: await digestOfTag('v1') });
      await callHttp(`${server.url}/api/v1/repository/alice/app/tag/gone`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${accessToken}` },
      });
      return pull('gone', 404);
    },
    'There is no manifest … in this repository.': () => pull(`sha256:${'0'.repeat(64)}`, 404),
  });

  async function digestOfTag(tag: string): Promise<string> {
    const answer = await callHttp(`${server.url}/v2/alice/app/manifests/${tag}`, {
      method: 'HEAD',
      headers: { authorization: await bearer(alice, 'alice/app') },
    });
    return String(answer.headers['docker-content-digest']);
  }

  checkSection('Too many requests', {
    'Too many failed log-ins for this account. Try again in … s, or reset the password.': guess,
    'Too many requests. Wait a moment and try again.': () =>
      withKeys({ FEATURE_RATE_LIMITS: true }, async () => {
        for (;;) {
          const answers = await Promise.all(
            Array.from({ length: 50 }, () =>
              callHttp(`${server.url}/v2/auth?service=${server.host}`, {
                method: 'GET',
                headers: basic(alice.username, alice.password),
              }),
            ),
          );
          const refused = answers.find(({ status }) => status === 429);
          if (refused !== undefined) return JSON.parse(String(refused.body)).errors[0].message;
        }
      }),
  });
});
