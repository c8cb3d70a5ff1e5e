import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import {
  createAccessToken,
  createAppToken,
  createOauthApplication,
  createOauthToken,
} from '#/domain/tokens/index.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { hostname, openTokenService } from '#/testing/token-service-fixture.ts';

eachDatabase('token service', (open) => {
  const owner = 'owner:correct-horse';
  const alice = 'alice:correct-horse';

  test('the answer says everything that clients read', async (t) => {
    const { call } = await openTokenService(t, open);
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
    const { ask, robot, create, acme } = await openTokenService(t, open);
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
    const { call } = await openTokenService(t, open);
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
    const { call } = await openTokenService(t, open);
    const response = await call({
      headers: { host: 'evil.example.com', 'x-forwarded-host': 'evil.example.com' },
    });
    assert.equal(response.statusCode, 401);
    assert.doesNotMatch(String(response.headers['www-authenticate']), /evil/);
  });

  test('without a configured host name realm and audience follow Host', async (t) => {
    const { call, tokens } = await openTokenService(t, open, { serverHostname: undefined });
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
    const { call, tokens } = await openTokenService(t, open);
    const response = await call({ as: owner, service: 'other.example.com' });
    assert.equal(response.statusCode, 200);
    await assert.rejects(tokens.verify(`Bearer ${response.json().token}`, hostname), {
      code: 'invalid_credentials',
    });
    assert.equal((await call({ as: owner, service: 'a'.repeat(261) })).statusCode, 400);
  });

  test('credentials of every kind', async (t) => {
    const { ask, call, services, alice: account, acme, repository, tokens } = await openTokenService(t, open);
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

  test('too many failed log-ins: 429 with Retry-After', async (t) => {
    const { call, clock } = await openTokenService(t, open);
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
    const { call, services } = await openTokenService(t, open, { passwordHasher: full });
    const response = await call({ as: alice });
    assert.equal(response.statusCode, 429);
    assert.ok(Number(response.headers['retry-after']) >= 1);
    const account = await findAccountByName(services.database.read, 'alice');
    assert.equal(account?.invalidLoginAttempts, 0);
  });

  test('the OAuth2 form is refused with 405 and never counts (H-8)', async (t) => {
    const { call, services } = await openTokenService(t, open);
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
