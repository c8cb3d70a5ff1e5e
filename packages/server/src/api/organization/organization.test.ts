import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import { openApi } from '#/testing/api-fixture.ts';
import { openOrganization, withoutColors } from '#/testing/organization-fixture.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

test('creating an organization makes its creator an owner', async (t) => {
  const api = await openApi(t);
  await api.createPerson('olga', { email: 'olga@example.com' });
  const created = await api.call('POST', '/organization/', {
    as: 'olga',
    body: { name: 'acme', email: 'office@acme.example' },
  });
  assert.deepEqual([created.status, created.text], [201, '"Created"']);
  const members = await api.call('GET', '/organization/acme/team/owners/members', { as: 'olga' });
  assert.deepEqual(
    members.json.members.map(({ name }: { name: string }) => name),
    ['olga'],
  );
  for (const [body, status] of [
    [{ name: 'acme' }, 400],
    [{ name: 'olga' }, 400],
    [{ name: 'Upper' }, 400],
    [{ name: 'other', email: 'olga@example.com' }, 400],
    [{ name: 'other', email: 'no address' }, 400],
    [{}, 400],
    [{ name: 'other', email: 'ignored@acme.example', contact_email: 'contact@acme.example' }, 201],
  ] as const) {
    const answer = await api.call('POST', '/organization/', { as: 'olga', body });
    assert.equal(answer.status, status, `${JSON.stringify(body)}: ${answer.text}`);
  }
  const view = await api.call('GET', '/organization/other', { as: 'olga' });
  assert.equal(view.json.email, 'contact@acme.example');
  const nobody = await api.call('POST', '/organization/', { body: { name: 'nobodys' } });
  assert.equal(nobody.status, 401);
  for (const [scopes, status] of [
    [['org:admin', 'repo:admin'], 403],
    [['user:admin'], 201],
  ] as const) {
    const bearer = await api.tokenOf('olga', scopes);
    const answer = await api.call('POST', '/organization/', { bearer, body: { name: 'by-token' } });
    assert.equal(answer.status, status, answer.text);
  }
});

test('the view has more keys for members, and more again for administrators', async (t) => {
  const { api } = await openOrganization(t);
  const avatar = { name: 'acme', hash: md5('office@acme.example'), kind: 'org' };
  const team = (name: string, role: string, canView: boolean) => ({
    name,
    description: '',
    role,
    avatar: { name, hash: md5(name), kind: 'team' },
    can_view: canView,
    repo_count: 0,
    member_count: 1,
    is_synced: false,
  });
  const stranger = { name: 'acme', email: '', avatar, is_admin: false, is_member: false };
  const teams = (seesOwners: boolean) => ({
    teams: { owners: team('owners', 'admin', seesOwners), dev: team('dev', 'member', true) },
    ordered_teams: ['owners', 'dev'],
  });
  const admin = {
    ...stranger,
    email: 'office@acme.example',
    is_admin: true,
    is_member: true,
    ...teams(true),
    invoice_email: false,
    invoice_email_address: null,
    tag_expiration_s: 1_209_600,
    is_free_account: true,
  };
  for (const [as, expected] of [
    [undefined, stranger],
    ['hugo', stranger],
    ['mia', { ...stranger, is_member: true, ...teams(false) }],
    ['olga', admin],
  ] as const) {
    const { status, json } = await api.call('GET', '/organization/acme', { as });
    assert.equal(status, 200);
    assert.deepEqual(withoutColors(json), expected, String(as));
  }
  const bearer = await api.tokenOf('olga', ['repo:admin', 'user:admin']);
  const limited = await api.call('GET', '/organization/acme', { bearer });
  assert.deepEqual(withoutColors(limited.json), stranger);
  for (const name of ['nothing', 'olga']) {
    assert.equal((await api.call('GET', `/organization/${name}`, { as: 'olga' })).status, 404);
  }
});

test('those who may read everything see all, but administer nothing', async (t) => {
  const { api } = await openOrganization(t, { GLOBAL_READONLY_SUPER_USERS: ['hugo'] });
  const { json } = await api.call('GET', '/organization/acme', { as: 'hugo' });
  assert.deepEqual([json.is_admin, json.is_member, json.email], [false, false, 'office@acme.example']);
  assert.deepEqual(json.ordered_teams, ['owners', 'dev']);
  const body = { name: 'app', redirect_uri: 'https://app.example/back' };
  await api.call('POST', '/organization/acme/applications', { as: 'olga', body });
  const applications = await api.call('GET', '/organization/acme/applications', { as: 'hugo' });
  const [application] = applications.json.applications;
  assert.deepEqual(
    [application.name, application.client_secret, application.redirect_uri, application.avatar_email],
    ['app', null, null, null],
  );
  const change = await api.call('PUT', '/organization/acme', { as: 'hugo', body: { invoice_email: true } });
  assert.equal(change.status, 403);
});

test('details change one by one, each with its entry in the log', async (t) => {
  const { api, lastLogs } = await openOrganization(t);
  const put = (body: unknown, as = 'olga') => api.call('PUT', '/organization/acme', { as, body });
  const { status, json } = await put({
    email: 'new@acme.example',
    invoice_email: true,
    invoice_email_address: 'pay@acme.example',
    tag_expiration_s: 86_400,
  });
  assert.equal(status, 200);
  assert.deepEqual(
    [json.email, json.invoice_email, json.invoice_email_address, json.tag_expiration_s],
    ['new@acme.example', true, 'pay@acme.example', 86_400],
  );
  assert.deepEqual(await lastLogs(4), [
    { kind: 'org_change_tag_expiration', metadata: { tag_expiration: 86_400, namespace: 'acme' } },
    {
      kind: 'org_change_invoicing',
      metadata: { invoice_email_address: 'pay@acme.example', namespace: 'acme' },
    },
    { kind: 'org_change_invoicing', metadata: { invoice_email: true, namespace: 'acme' } },
    {
      kind: 'org_change_email',
      metadata: { email: 'new@acme.example', old_email: 'office@acme.example', namespace: 'acme' },
    },
  ]);
  assert.equal((await put({ contact_email: '' })).json.email, '');
  for (const [body, as, expected] of [
    [{ tag_expiration_s: 5 }, 'olga', 400],
    [{ tag_expiration_s: -1 }, 'olga', 400],
    [{ email: 'mia@example.com' }, 'olga', 400],
    [{ email: 'nonsense' }, 'olga', 400],
    [{ email: 'x@acme.example' }, 'mia', 403],
    [{ email: 'x@acme.example' }, 'tess', 403],
  ] as const) {
    assert.equal((await put(body, as)).status, expected, JSON.stringify(body));
  }
});

test('deleting needs a fresh sign-in and frees the name at once', async (t) => {
  const { api, lastLogs } = await openOrganization(t);
  assert.equal((await api.call('DELETE', '/organization/acme', { as: 'mia' })).status, 403);
  await api.call('GET', '/organization/acme', { as: 'olga' });
  api.clock.advanceMs(700_000);
  const stale = await api.call('DELETE', '/organization/acme', { as: 'olga' });
  assert.deepEqual([stale.status, stale.json.error_type], [401, 'fresh_login_required']);
  const bearer = await api.tokenOf('olga', ['org:admin']);
  const deleted = await api.call('DELETE', '/organization/acme', { bearer });
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  const [{ kind, metadata } = { kind: '', metadata: {} }] = await lastLogs(1);
  const { oauth_token_id: tokenId, oauth_token_application_id: clientId, ...rest } = metadata;
  assert.deepEqual([kind, typeof tokenId, typeof clientId], ['org_delete', 'string', 'string']);
  assert.deepEqual(rest, { namespace: 'acme', oauth_token_application: 'test' });
  assert.equal((await api.call('GET', '/organization/acme', { as: 'olga' })).status, 404);
  assert.equal(await findAccountByName(api.services.database.read, 'acme'), undefined);
});

test('members, collaborators and what removing a member takes away', async (t) => {
  const { api, createRepository, lastLogs } = await openOrganization(t);
  await createRepository('app');
  await createRepository('web');
  for (const [name, repository] of [
    ['mia', 'app'],
    ['mia', 'web'],
    ['hugo', 'web'],
  ] as const) {
    const path = `/repository/acme/${repository}/permissions/user/${name}`;
    const { status, text } = await api.call('PUT', path, { as: 'olga', body: { role: 'read' } });
    assert.equal(status, 200, text);
  }
  const avatarOf = (name: string) => ({ name, hash: md5(`${name}@example.com`), kind: 'user' });
  const teamOf = (name: string) => ({ name, avatar: { name, hash: md5(name), kind: 'team' } });
  const mia = {
    name: 'mia',
    kind: 'user',
    avatar: avatarOf('mia'),
    teams: [teamOf('dev')],
    repositories: ['app', 'web'],
  };
  const members = await api.call('GET', '/organization/acme/members', { as: 'olga' });
  assert.deepEqual(withoutColors(members.json), {
    members: [
      mia,
      { name: 'olga', kind: 'user', avatar: avatarOf('olga'), teams: [teamOf('owners')], repositories: [] },
    ],
  });
  const one = await api.call('GET', '/organization/acme/members/mia', { as: 'olga' });
  assert.deepEqual(withoutColors(one.json), mia);
  const collaborators = await api.call('GET', '/organization/acme/collaborators', { as: 'olga' });
  assert.deepEqual(withoutColors(collaborators.json), {
    collaborators: [{ kind: 'user', name: 'hugo', avatar: avatarOf('hugo'), repositories: ['web'] }],
  });
  for (const [method, path, as, status] of [
    ['GET', 'members', 'mia', 403],
    ['GET', 'collaborators', 'mia', 403],
    ['GET', 'members/hugo', 'olga', 404],
    ['GET', 'members/tess', 'olga', 404],
    ['GET', 'members/nobody', 'olga', 404],
    ['DELETE', 'members/mia', 'tess', 403],
    ['DELETE', 'members/hugo', 'olga', 404],
    ['DELETE', 'members/nobody', 'olga', 404],
    ['DELETE', 'members/olga', 'olga', 400],
    ['DELETE', 'members/mia', 'olga', 204],
    ['DELETE', 'members/mia', 'olga', 404],
  ] as const) {
    const answer = await api.call(method, `/organization/acme/${path}`, { as });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  assert.deepEqual(await lastLogs(3), [
    {
      kind: 'delete_repo_permission',
      metadata: { username: 'mia', repo: 'web', namespace: 'acme' },
    },
    {
      kind: 'delete_repo_permission',
      metadata: { username: 'mia', repo: 'app', namespace: 'acme' },
    },
    { kind: 'org_remove_team_member', metadata: { member: 'mia', team: 'dev' } },
  ]);
  const left = await api.call('GET', '/repository/acme/app/permissions/user/', { as: 'olga' });
  assert.deepEqual(left.json, { permissions: {} });
});

test('who may create organizations', async (t) => {
  const restricted = await openApi(t, {
    configuration: { FEATURE_RESTRICTED_USERS: true, RESTRICTED_USERS_WHITELIST: ['hugo'] },
  });
  await restricted.createPerson('olga');
  await restricted.createPerson('hugo');
  await restricted.createPerson('root', { superuser: true });
  for (const [as, status] of [
    ['olga', 403],
    ['hugo', 201],
    ['root', 201],
  ] as const) {
    const body = { name: `of-${as}` };
    assert.equal((await restricted.call('POST', '/organization/', { as, body })).status, status, as);
  }
  const closed = await openApi(t, { configuration: { FEATURE_SUPERUSERS_ORG_CREATION_ONLY: true } });
  await closed.createPerson('olga');
  await closed.createPerson('root', { superuser: true });
  for (const [as, status] of [
    ['olga', 403],
    ['root', 201],
  ] as const) {
    const body = { name: `of-${as}` };
    assert.equal((await closed.call('POST', '/organization/', { as, body })).status, status, as);
  }
  assert.equal((await closed.call('GET', '/organization/of-root/private', { as: 'root' })).status, 404);
});
