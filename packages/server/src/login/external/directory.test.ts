import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createOrganization, createTeam, enableTeamSync, isTeamMember } from '#/domain/namespaces/index.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { formFieldsOf } from '#/testing/browser.ts';
import { type OpenidDouble, startOpenidDouble } from '#/testing/openid-double.ts';
import { openWebBrowser } from '#/testing/web-browser.ts';

async function openCorp(
  t: TestContext,
  options: {
    readonly block?: Readonly<Record<string, unknown>>;
    readonly configuration?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const provider = await startOpenidDouble(t);
  const block = { ...provider.block, PREFERRED_GROUP_CLAIM_NAME: 'groups', ...options.block };
  const api = await openApi(t, {
    configuration: {
      CORP_LOGIN_CONFIG: block,
      FEATURE_USERNAME_CONFIRMATION: false,
      ...options.configuration,
    },
    startMs: Date.now(),
  });
  return { api, provider };
}

async function signIn(api: ApiFixture, provider: OpenidDouble) {
  const browser = openWebBrowser();
  const page = await browser.get(`${api.url}/signin`);
  const action = '/signin/external/corp';
  const started = await browser.post(`${api.url}${action}`, formFieldsOf(page.text, action));
  const answer = await browser.get(provider.approve(started.location ?? ''));
  return { browser, answer, page };
}

test('AUTHENTICATION_TYPE OIDC: people of the provider, with the names that the operator meant, and no password', async (t) => {
  const { api, provider } = await openCorp(t, {
    configuration: { AUTHENTICATION_TYPE: 'OIDC', SUPER_USERS: ['boss'] },
  });
  await api.createPerson('local');
  provider.person = { sub: 's', preferred_username: 'boss', email: 'boss@example.com', email_verified: true };
  const { answer, page, browser } = await signIn(api, provider);
  assert.equal(answer.status, 302, answer.text);
  assert.equal(page.text.includes('type="password"'), false);
  const user = JSON.parse((await browser.get(`${api.url}/api/v1/user/`)).text);
  assert.deepEqual([user.username, user.super_user], ['boss', true]);
  const refused = await api.call('POST', '/signin', {
    body: { username: 'local', password: 'correct-horse' },
  });
  assert.equal(refused.status, 403);
  assert.match(refused.text, /Invalid Username or Password/);
});

/** A team that follows the group `developers`, and whether the person is in it after the next sign-in. */
async function openTeam(t: TestContext, configuration: Readonly<Record<string, unknown>>) {
  const { api, provider } = await openCorp(t, { configuration });
  const { services } = api;
  const owner = await api.createPerson('owner');
  const acme = await createOrganization(services, { name: 'acme', ownerId: owner.id });
  const team = await createTeam(services, { organizationId: acme.id, name: 'devs', role: 'member' });
  await enableTeamSync(services, {
    organizationId: acme.id,
    team: 'devs',
    service: 'oidc',
    config: { group_name: 'developers' },
  });
  const isMember = async () => {
    const { browser } = await signIn(api, provider);
    const user = JSON.parse((await browser.get(`${api.url}/api/v1/user/`)).text);
    const row = await services.database.read
      .selectFrom('accounts')
      .select('id')
      .where('name', '=', user.username)
      .executeTakeFirstOrThrow();
    return isTeamMember(services.database.read, team.id, row.id);
  };
  return { provider, isMember };
}

test('AUTHENTICATION_TYPE OIDC: teams follow the groups of each sign-in', async (t) => {
  const { provider, isMember } = await openTeam(t, {
    AUTHENTICATION_TYPE: 'OIDC',
    FEATURE_TEAM_SYNCING: true,
  });
  provider.person = { ...provider.person, groups: ['developers'] };
  assert.equal(await isMember(), true);
  const { groups: _, ...withoutGroups } = provider.person;
  provider.person = { ...withoutGroups, _claim_names: { groups: 'elsewhere' } };
  assert.equal(await isMember(), true, 'too many groups for a token are not none');
  provider.person = withoutGroups;
  assert.equal(await isMember(), false);
});

test('teams follow nothing without the feature, and no login beside another directory', async (t) => {
  for (const configuration of [{ AUTHENTICATION_TYPE: 'OIDC' }, { FEATURE_TEAM_SYNCING: true }]) {
    const { provider, isMember } = await openTeam(t, configuration);
    provider.person = { ...provider.person, groups: ['developers'] };
    assert.equal(await isMember(), false);
  }
});

test('groups of the provider give the rights of superusers and global readers, for a day', async (t) => {
  const { api, provider } = await openCorp(t, {
    block: { SUPERUSER_GROUP: 'admins', GLOBAL_READONLY_SUPERUSER_GROUP: 'auditors' },
  });
  const statusOf = async (groups: string[], afterMs = 0) => {
    provider.person = { ...provider.person, groups };
    const { browser, answer } = await signIn(api, provider);
    assert.equal(answer.status, 302, answer.text);
    api.clock.advanceMs(afterMs);
    const read = await browser.get(`${api.url}/api/v1/superuser/users/`);
    const token = JSON.parse((await browser.get(`${api.url}/csrf_token`)).text).csrf_token;
    const write = await browser.post(
      `${api.url}/api/v1/superuser/users/?_csrf_token=${encodeURIComponent(token)}`,
      {},
    );
    return [read.status, write.status === 403 ? 'refused' : 'allowed'];
  };
  assert.deepEqual(await statusOf([]), [403, 'refused']);
  assert.deepEqual(await statusOf(['admins']), [200, 'allowed']);
  assert.deepEqual(await statusOf(['Admins', 'admins2']), [403, 'refused']);
  assert.deepEqual(await statusOf(['auditors']), [200, 'refused']);
  assert.deepEqual(await statusOf(['admins'], 24 * 3_600_000), [403, 'refused']);
});
