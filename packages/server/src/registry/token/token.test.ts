import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { createRegistryTokens } from '#/auth/registry-token.ts';
import { createTestAuthSettings, openTestInstanceKey } from '#/auth/testing.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  findAccountByName,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository, findRepository, setRepositoryState } from '#/domain/repositories/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import {
  createAccessToken,
  createAppToken,
  createOauthApplication,
  createOauthToken,
} from '#/domain/tokens/index.ts';
import { createHttpServer } from '#/http/http-server.ts';
import { mount } from '#/http/mount.ts';
import { manualClock } from '#/platform/clock.ts';
import { createPasswordHasher, type PasswordHasher } from '#/platform/password-hasher.ts';
import { registryErrorAnswer } from '#/registry/errors.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { tokenRoutes } from './token-routes.ts';

const startMs = Date.UTC(2026, 0, 1);
const hostname = 'registry.example.com:8443';
const passwordHasher = createPasswordHasher({ rounds: 4 });

interface Options {
  readonly settings?: Partial<DomainSettings>;
  readonly serverHostname?: string | undefined;
  /** Of the service under test; accounts are made with another. */
  readonly passwordHasher?: PasswordHasher;
}

interface Call {
  /** `name:secret`; absent for no header. */
  readonly as?: string | undefined;
  readonly authorization?: string;
  readonly scope?: string | readonly string[];
  readonly service?: string;
  readonly query?: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

eachDatabase('token service', (open) => {
  const setUp = async (t: TestContext, options: Options = {}) => {
    const clock = manualClock(startMs);
    const services = createTestServices({
      database: await open(),
      clock,
      passwordHasher: options.passwordHasher ?? passwordHasher,
      settings: options.settings ?? {},
    });
    const { settings: auth, remove } = await createTestAuthSettings();
    t.after(remove);
    const { database, secretBox } = services;
    const writable = createTestServices({ database, clock, passwordHasher, secretBox });
    const instanceKey = await openTestInstanceKey(writable, auth);
    const tokens = createRegistryTokens(services, auth, instanceKey);
    const serverHostname = 'serverHostname' in options ? options.serverHostname : hostname;
    const app = createHttpServer({ repositoryUrls: [], proxyCount: 0 });
    t.after(() => app.close());
    mount(app, tokenRoutes, {
      services: {
        domain: services,
        tokens,
        basic: { engine: openAuthEngine(services, auth.engine, {}), secretKey: auth.secretKey },
      },
      baseUrl: { serverHostname, scheme: 'https' },
      onError: (error, request) => registryErrorAnswer(error, request, services.logger),
    });

    const owner = await createUser(writable, { name: 'owner', password: 'correct-horse' });
    const alice = await createUser(writable, { name: 'alice', password: 'correct-horse' });
    const acme = await createOrganization(writable, { name: 'acme', ownerId: owner.id });
    const robot = await createRobot(writable, { owner: acme, shortName: 'ci' });
    const create = (name: string, more: Partial<Parameters<typeof createRepository>[1]> = {}) =>
      createRepository(writable, {
        namespaceId: acme.id,
        name,
        visibility: 'private',
        creator: undefined,
        ...more,
      });
    const repository = await create('app');
    await create('open', { visibility: 'public' });
    for (const [name, role] of [
      ['alice', 'read'],
      ['acme+ci', 'write'],
    ] as const) {
      await setRepositoryPermission(writable, { repository, delegate: { kind: 'user', name }, role });
    }

    const call = (request: Call = {}) => {
      const query = new URLSearchParams(request.query);
      for (const scope of [request.scope ?? []].flat()) query.append('scope', scope);
      query.append('service', request.service ?? hostname);
      const authorization =
        request.authorization ??
        (request.as === undefined ? undefined : `Basic ${Buffer.from(request.as).toString('base64')}`);
      return app.inject({
        method: request.method ?? 'GET',
        url: `/v2/auth?${query}`,
        headers: { ...(authorization === undefined ? {} : { authorization }), ...request.headers },
        ...(request.payload === undefined ? {} : { payload: request.payload }),
      });
    };
    /** The granted actions by repository as `name: action,action`, or status and error code. */
    const ask = async (request: Call): Promise<string> => {
      const response = await call(request);
      const body = response.json();
      if (response.statusCode !== 200) return `${response.statusCode} ${body.errors[0].code}`;
      const claims = await tokens.verify(`Bearer ${body.token}`, request.service ?? hostname);
      return claims.access.map(({ name, actions }) => `${name}: ${actions.join(',')}`).join(' ');
    };
    return { services, writable, clock, tokens, owner, alice, acme, robot, repository, create, call, ask };
  };
  const owner = 'owner:correct-horse';
  const alice = 'alice:correct-horse';

  test('the answer says everything that clients read', async (t) => {
    const { call } = await setUp(t);
    const response = await call({
      as: owner,
      scope: 'repository:acme/app:pull',
      query: 'account=owner&client_id=docker&offline_token=true',
    });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers['cache-control'], 'no-cache, no-store, must-revalidate');
    assert.equal(response.headers['content-type'], 'application/json');
    const { token, ...rest } = response.json();
    assert.deepEqual(rest, { access_token: token, expires_in: 3600, issued_at: '2026-01-01T00:00:00.000Z' });
  });

  test('what is granted (B2, B3)', async (t) => {
    const { ask, robot, create, acme } = await setUp(t);
    const robotLogin = `acme+ci:${robot.token}`;
    await create('nested/name');
    const table: readonly (readonly [string | undefined, string | readonly string[], string])[] = [
      // Log-in without a scope.
      [owner, [], ''],
      [owner, '', ''],
      [robotLogin, [], ''],
      [undefined, [], '401 UNAUTHORIZED'],
      [undefined, '', '401 UNAUTHORIZED'],
      [undefined, ['', ' '], '401 UNAUTHORIZED'],
      ['nobody:wrong', [], '401 UNAUTHORIZED'],
      // Order and subset of the actions.
      [owner, 'repository:acme/app:pull', 'acme/app: pull'],
      [owner, 'repository:acme/app:*,pull,push', 'acme/app: push,pull,*'],
      [owner, 'repository:acme/app:delete,pull', 'acme/app: pull,delete'],
      [robotLogin, 'repository:acme/app:pull,push,*', 'acme/app: push,pull'],
      [robotLogin, 'repository:acme/app:delete', 'acme/app: delete'],
      [alice, 'repository:acme/app:pull,push', 'acme/app: pull'],
      [alice, 'repository:acme/app:delete', 'acme/app: '],
      // Nothing is never an error.
      [undefined, 'repository:acme/app:pull', 'acme/app: '],
      [undefined, 'repository:acme/missing:pull,push', 'acme/missing: '],
      [undefined, 'repository:acme/open:pull,push', 'acme/open: pull'],
      [alice, 'repository:acme/open:pull', 'acme/open: pull'],
      [alice, 'repository:acme/missing:push', 'acme/missing: '],
      [owner, 'repository:acme/missing:pull', 'acme/missing: '],
      [owner, 'repository:nobody/app:push', 'nobody/app: '],
      // Several scopes (H-5).
      [
        owner,
        ['repository:acme/app:push,pull', 'repository:acme/open:pull'],
        'acme/app: push,pull acme/open: pull',
      ],
      [owner, 'repository:acme/app:pull repository:acme/open:pull', 'acme/app: pull acme/open: pull'],
      [owner, ['repository:acme/app:pull', 'repository:acme/app:push'], 'acme/app: push,pull'],
      // Ignored resources.
      [owner, 'registry:catalog:*', ''],
      [undefined, 'registry:catalog:*', ''],
      [owner, ['repository(plugin):acme/app:pull', 'repository:acme/app:pull'], 'acme/app: pull'],
      // Names.
      [owner, 'repository:acme/nested/name:pull', 'acme/nested/name: pull'],
      [owner, `repository:${hostname}/acme/app:pull`, `${hostname}/acme/app: pull`],
      [owner, 'repository:other.example.com/acme/app:pull', 'other.example.com/acme/app: '],
      [owner, 'repository:other.example.com:5000/acme/app:pull', '400 INVALID_REQUEST'],
      [owner, 'repository:acme/APP:pull', '400 NAME_INVALID'],
      [owner, 'repository:acme/../app:pull', '400 NAME_INVALID'],
      [owner, 'repository:acme/:pull', '400 NAME_INVALID'],
      // Malformed.
      [owner, 'repository:acme/app', '400 INVALID_REQUEST'],
      [owner, 'repository:acme/app:', '400 INVALID_REQUEST'],
      [owner, 'repository:acme/app:pull,fly', '400 INVALID_REQUEST'],
      [owner, 'aci:acme/app:pull', '400 INVALID_REQUEST'],
      [owner, 'nonsense', '400 INVALID_REQUEST'],
      [
        owner,
        Array.from({ length: 101 }, (_, i) => `repository:acme/r${i}:pull`).join(' '),
        '400 INVALID_REQUEST',
      ],
    ];
    for (const [as, scope, expected] of table) {
      assert.equal(await ask({ as, scope }), expected, `${as} ${scope}`);
    }
    assert.ok(acme.enabled);
  });

  test('bad or unreadable credentials never count as none', async (t) => {
    const { call } = await setUp(t);
    const headers = [
      '',
      'Basic',
      'Basic !',
      'Bearer a.b.c',
      `Basic ${Buffer.from([0xff]).toString('base64')}`,
    ];
    for (const authorization of headers) {
      const response = await call({ authorization, scope: 'repository:acme/open:pull' });
      assert.equal(response.statusCode, 401, authorization);
      assert.equal(response.json().errors[0].code, 'UNAUTHORIZED');
      assert.equal(
        response.headers['www-authenticate'],
        `Bearer realm="https://${hostname}/v2/auth",service="${hostname}"`,
      );
      assert.equal(response.headers['docker-distribution-api-version'], 'registry/2.0');
    }
  });

  test('the realm follows the configuration, whatever Host says', async (t) => {
    const { call } = await setUp(t);
    const response = await call({
      headers: { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com' },
    });
    assert.equal(response.statusCode, 401);
    assert.doesNotMatch(String(response.headers['www-authenticate']), /evil/);
  });

  test('without a configured host name realm and audience follow Host', async (t) => {
    const { call, tokens } = await setUp(t, { serverHostname: undefined });
    const headers = { host: '127.0.0.1:8080' };
    const challenge = await call({ headers });
    assert.equal(
      challenge.headers['www-authenticate'],
      'Bearer realm="https://127.0.0.1:8080/v2/auth",service="127.0.0.1:8080"',
    );
    const response = await call({
      as: owner,
      headers,
      service: '127.0.0.1:8080',
      scope: 'repository:127.0.0.1:8080/acme/app:pull',
    });
    const claims = await tokens.verify(`Bearer ${response.json().token}`, '127.0.0.1:8080');
    assert.deepEqual([...(claims.grants.get('acme/app') ?? [])], ['pull']);
    const hijack = await call({ headers: { host: 'a"b' } });
    assert.equal(hijack.statusCode, 400);
  });

  test('a wrong service gives a token that is refused on use', async (t) => {
    const { call, tokens } = await setUp(t);
    const response = await call({ as: owner, service: 'other.example.com' });
    assert.equal(response.statusCode, 200);
    await assert.rejects(tokens.verify(`Bearer ${response.json().token}`, hostname), {
      code: 'invalid_credentials',
    });
    assert.equal((await call({ as: owner, service: 'a'.repeat(261) })).statusCode, 400);
  });

  test('credentials of every kind', async (t) => {
    const { ask, call, services, alice: account, acme, repository, tokens } = await setUp(t);
    const app = await createAppToken(services, { accountId: account.id, title: 'laptop' });
    const application = await createOauthApplication(services, { ownerId: acme.id, name: 'ci' });
    const { token: oauth } = await createOauthToken(services, {
      application,
      accountId: account.id,
      scopes: ['repo:create', 'repo:read'],
    });
    const { token: access } = await createAccessToken(services, {
      repository,
      friendlyName: 'deploy',
      role: 'write',
      kind: 'pushpull-token',
      temporary: false,
    });
    const scope = 'repository:acme/app:pull,push';
    assert.equal(await ask({ as: `$app:${app.token}`, scope }), 'acme/app: pull');
    assert.equal(await ask({ as: `$oauthtoken:${oauth}`, scope }), 'acme/app: pull');
    assert.equal(await ask({ as: `$token:${access}`, scope }), 'acme/app: push,pull');
    assert.equal(
      await ask({ as: `$token:${access}`, scope: 'repository:acme/new:push' }),
      'acme/new: ',
      'an access token creates nothing',
    );
    assert.equal(await ask({ as: `$app:${app.token}`, scope: 'repository:alice/a:push' }), 'alice/a: push');
    const created = await ask({ as: `$oauthtoken:${oauth}`, scope: 'repository:alice/b:push,pull' });
    assert.equal(created, 'alice/b: pull', 'created, but the token only reads');
    const response = await call({ as: `$token:${access}`, scope });
    const { sub } = JSON.parse(Buffer.from(response.json().token.split('.')[1], 'base64url').toString());
    assert.equal(sub, null);
    assert.equal(
      (await tokens.verify(`Bearer ${response.json().token}`, hostname)).subject.kind,
      'access-token',
    );
  });

  test('a push creates the repository (A16)', async (t) => {
    const { ask, services, robot, writable, acme } = await setUp(t);
    assert.equal(await ask({ as: owner, scope: 'repository:acme/new:pull,push,*' }), 'acme/new: push,pull,*');
    const created = await findRepository(services.database.read, 'acme', 'new');
    assert.equal(created?.visibility, 'private');
    assert.equal(created?.kind, 'image');
    assert.equal(await ask({ as: alice, scope: 'repository:alice/own:push' }), 'alice/own: push');
    assert.equal(await ask({ as: alice, scope: 'repository:owner/theirs:push' }), 'owner/theirs: ');
    const robotLogin = `acme+ci:${robot.token}`;
    assert.equal(await ask({ as: robotLogin, scope: 'repository:acme/by-robot:push' }), 'acme/by-robot: ');
    await createTeam(writable, { organizationId: acme.id, name: 'makers', role: 'creator' });
    await addTeamMember(writable, { organizationId: acme.id, team: 'makers', member: 'acme+ci' });
    assert.equal(
      await ask({ as: robotLogin, scope: 'repository:acme/by-robot:push,*' }),
      'acme/by-robot: push,*',
    );
    assert.equal(await findRepository(services.database.read, 'owner', 'theirs'), undefined);
  });

  test('two first pushes at the same time both get their token', async (t) => {
    const { ask } = await setUp(t);
    const scope = 'repository:acme/race:push,pull';
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => ask({ as: owner, scope })));
    assert.deepEqual(
      outcomes,
      Array.from({ length: 4 }, () => 'acme/race: push,pull'),
    );
  });

  test('new repositories can be public, new namespaces made', async (t) => {
    const { ask, services } = await setUp(t, {
      settings: { createPrivateRepositoryOnPush: false, createNamespaceOnPush: true },
    });
    assert.equal(await ask({ as: alice, scope: 'repository:fresh/app:push,*' }), 'fresh/app: push,*');
    const created = await findRepository(services.database.read, 'fresh', 'app');
    assert.equal(created?.visibility, 'public');
    assert.equal((await findAccountByName(services.database.read, 'fresh'))?.kind, 'organization');
    assert.equal(await ask({ as: owner, scope: 'repository:fresh/other:push' }), 'fresh/other: ');
    assert.equal(await ask({ scope: 'repository:fresher/app:push' }), 'fresher/app: ');
    assert.equal(await findAccountByName(services.database.read, 'fresher'), undefined);
  });

  test('the library namespace (A16.5)', async (t) => {
    const { ask, writable, owner: account } = await setUp(t);
    assert.equal(await ask({ as: owner, scope: 'repository:tool:push' }), 'tool: ');
    await createOrganization(writable, { name: 'library', ownerId: account.id });
    assert.equal(await ask({ as: owner, scope: 'repository:tool:push' }), 'tool: push');
    assert.equal(await ask({ as: owner, scope: 'repository:library/tool:pull' }), 'library/tool: pull');
  });

  test('names that the configuration excludes', async (t) => {
    const { ask } = await setUp(t, {
      settings: { featureLibrarySupport: false, featureExtendedRepositoryNames: false },
    });
    assert.equal(await ask({ as: owner, scope: 'repository:tool:pull' }), '400 NAME_INVALID');
    assert.equal(await ask({ as: owner, scope: 'repository:acme/a/b:pull' }), '400 NAME_INVALID');
  });

  test('disabled namespaces are refused with 405 DENIED', async (t) => {
    const { ask, call, writable, acme } = await setUp(t);
    await setAccountEnabled(writable, { accountId: acme.id, enabled: false });
    for (const name of ['app', 'open', 'missing']) {
      for (const as of [owner, undefined]) {
        for (const actions of ['pull', 'push']) {
          const scope = `repository:acme/${name}:${actions}`;
          const expected =
            as === undefined && name === 'missing' && actions === 'push' ? 'acme/missing: ' : '405 DENIED';
          assert.equal(await ask({ as, scope }), expected, `${as} ${scope}`);
        }
      }
    }
    const { message } = (await call({ as: owner, scope: 'repository:acme/app:pull' })).json().errors[0];
    assert.match(message, /"acme".*administrator/);
  });

  test('applications are refused with 405 to those who may see them', async (t) => {
    const { ask, create } = await setUp(t);
    await create('chart', { kind: 'application' });
    await create('open-chart', { kind: 'application', visibility: 'public' });
    assert.equal(await ask({ as: owner, scope: 'repository:acme/chart:pull' }), '405 UNSUPPORTED');
    assert.equal(await ask({ as: owner, scope: 'repository:acme/chart:push' }), '405 UNSUPPORTED');
    assert.equal(await ask({ as: alice, scope: 'repository:acme/chart:pull' }), 'acme/chart: ');
    assert.equal(await ask({ scope: 'repository:acme/open-chart:pull' }), '405 UNSUPPORTED');
    assert.equal(await ask({ scope: 'repository:acme/open-chart:push' }), 'acme/open-chart: ');
  });

  test('states withhold push and admin (A18)', async (t) => {
    const { ask, writable, repository } = await setUp(t);
    const scope = 'repository:acme/app:pull,push,*,delete';
    for (const state of ['READ_ONLY', 'MIRROR'] as const) {
      await setRepositoryState(writable, { repository, state });
      assert.equal(await ask({ as: owner, scope }), 'acme/app: pull', state);
    }
    await setRepositoryState(writable, { repository, state: 'NORMAL' });
    assert.equal(await ask({ as: owner, scope }), 'acme/app: push,pull,*,delete');
  });

  test('without anonymous access nobody gets a token', async (t) => {
    const { ask } = await setUp(t, { settings: { featureAnonymousAccess: false } });
    assert.equal(await ask({ scope: 'repository:acme/open:pull' }), '401 UNAUTHORIZED');
    assert.equal(await ask({ as: alice, scope: 'repository:acme/open:pull' }), 'acme/open: pull');
  });

  test('a read-only registry gives tokens and creates nothing', async (t) => {
    const { ask, services } = await setUp(t, { settings: { readOnly: true } });
    assert.equal(await ask({ as: owner, scope: 'repository:acme/app:pull,push' }), 'acme/app: push,pull');
    assert.equal(await ask({ as: owner, scope: 'repository:acme/new:push' }), 'acme/new: ');
    assert.equal(await findRepository(services.database.read, 'acme', 'new'), undefined);
  });

  test('too many failed log-ins: 429 with Retry-After', async (t) => {
    const { call, clock } = await setUp(t);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      assert.equal((await call({ as: 'alice:wrong' })).statusCode, 401);
      clock.advanceMs(500 * (2 ** (attempt + 1) - 1));
    }
    assert.equal((await call({ as: 'alice:wrong' })).statusCode, 401);
    const response = await call({ as: alice });
    assert.equal(response.statusCode, 429);
    assert.equal(response.headers['retry-after'], '16');
    assert.equal(response.json().errors[0].code, 'TOOMANYREQUESTS');
    assert.match(response.json().errors[0].message, /reset the password/);
  });

  test('when the hashing queue is full: 429 with Retry-After, and nothing is counted', async (t) => {
    const full = createPasswordHasher({ queueLength: 0 });
    const { call, services } = await setUp(t, { passwordHasher: full });
    const response = await call({ as: alice });
    assert.equal(response.statusCode, 429);
    assert.ok(Number(response.headers['retry-after']) >= 1);
    const account = await findAccountByName(services.database.read, 'alice');
    assert.equal(account?.invalidLoginAttempts, 0);
  });

  test('the OAuth2 form is refused with 405 and never counts (H-8)', async (t) => {
    const { call, services } = await setUp(t);
    for (const method of ['POST', 'PUT', 'DELETE', 'HEAD'] as const) {
      const response = await call({
        method,
        as: 'alice:wrong',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        ...(method === 'POST'
          ? { payload: 'grant_type=password&username=alice&password=wrong&client_id=containerd-client' }
          : {}),
      });
      assert.equal(response.statusCode, 405, method);
      assert.equal(response.headers.allow, 'GET');
    }
    const account = await findAccountByName(services.database.read, 'alice');
    assert.equal(account?.invalidLoginAttempts, 0);
  });
});
