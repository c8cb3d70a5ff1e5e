import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { deliverAccountMails } from '#/domain/sign-in/index.ts';
import { openOrganization, withoutColors } from '#/testing/organization-fixture.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const team = '/organization/acme/team/dev';

async function openMailing(t: TestContext) {
  const sink = await startSmtpSink();
  t.after(() => sink.close());
  const opened = await openOrganization(t, {
    FEATURE_MAILING: true,
    MAIL_SERVER: '127.0.0.1',
    MAIL_PORT: sink.port,
    MAIL_USE_TLS: false,
    MAIL_DEFAULT_SENDER: 'registry@acme.example',
  });
  const codes = async (): Promise<string[]> => {
    const rows = await opened.api.services.database.read
      .selectFrom('team_invites')
      .select('code')
      .orderBy('id')
      .execute();
    return rows.map(({ code }) => code);
  };
  const notices = async (): Promise<unknown[]> => {
    const rows = await opened.api.services.database.read
      .selectFrom('user_notifications')
      .select(['kind', 'metadata_json'])
      .orderBy('id')
      .execute();
    return rows.map(({ kind, metadata_json }) => ({ kind, metadata: JSON.parse(metadata_json) as unknown }));
  };
  /** Those whom mails went to, with what waited. */
  const mailed = async (): Promise<string[]> => {
    await deliverAccountMails(opened.api.services);
    return sink.mails.flatMap(({ to }) => to);
  };
  return { ...opened, sink, codes, notices, mailed };
}

test('a stranger is invited by mail and notice, and joins by accepting', async (t) => {
  const { api, sink, codes, notices, lastLogs, mailed } = await openMailing(t);
  const hugo = {
    name: 'hugo',
    kind: 'user',
    is_robot: false,
    avatar: { name: 'hugo', hash: md5('hugo@example.com'), kind: 'user' },
    invited: true,
  };
  const invited = await api.call('PUT', `${team}/members/hugo`, { as: 'olga' });
  assert.deepEqual([invited.status, withoutColors(invited.json)], [200, hugo]);
  const [code = ''] = await codes();
  assert.match(code, /^urn:teaminvite:/);
  assert.deepEqual(await lastLogs(1), [
    { kind: 'org_invite_team_member', metadata: { user: 'hugo', member: 'hugo', team: 'dev' } },
  ]);
  const notice = { code, inviter: 'olga', org: 'acme', team: 'dev' };
  assert.deepEqual(await notices(), [{ kind: 'org_team_invite', metadata: notice }]);
  assert.equal(sink.mails.length, 0, 'no request waits for the mail server');
  assert.deepEqual(await mailed(), ['hugo@example.com']);
  assert.ok(sink.mails[0]?.source.replaceAll('=\r\n', '').includes(encodeURIComponent(code)));
  // A second call sends the mail again, but not at once, and does nothing else.
  assert.equal((await api.call('PUT', `${team}/members/hugo`, { as: 'olga' })).status, 200);
  assert.equal((await mailed()).length, 1);
  api.clock.advanceMs(60_000);
  assert.equal((await api.call('PUT', `${team}/members/hugo`, { as: 'olga' })).status, 200);
  assert.deepEqual([await codes(), (await notices()).length, (await mailed()).length], [[code], 1, 2]);

  const names = async (query: string, as: string) => {
    const { json } = await api.call('GET', `${team}/members${query}`, { as });
    return json.members.map(({ name, invited: open }: { name: string; invited: boolean }) => [name, open]);
  };
  const both = [
    ['mia', false],
    ['hugo', true],
  ];
  assert.deepEqual(await names('', 'olga'), [['mia', false]]);
  assert.deepEqual(await names('?includePending=true', 'olga'), both);
  assert.deepEqual(await names('?includePending=true', 'mia'), [['mia', false]]);
  const path = `/teaminvite/${encodeURIComponent(code)}`;
  for (const as of ['mia', 'tess']) {
    assert.equal((await api.call('PUT', path, { as })).status, 400, as);
    assert.equal((await api.call('DELETE', path, { as })).status, 400, as);
  }
  assert.equal((await api.call('PUT', path)).status, 401);
  const accepted = await api.call('PUT', path, { as: 'hugo' });
  assert.deepEqual([accepted.status, accepted.json], [200, { org: 'acme', team: 'dev' }]);
  assert.deepEqual(await lastLogs(1), [
    {
      kind: 'org_team_member_invite_accepted',
      metadata: { member: 'hugo', team: 'dev', inviter: 'olga' },
    },
  ]);
  assert.equal((await api.call('PUT', path, { as: 'hugo' })).status, 400);
  assert.deepEqual(await notices(), []);
  assert.deepEqual(await names('?includePending=true', 'olga'), [
    ['hugo', false],
    ['mia', false],
  ]);
});

test('who is in the organization already is added at once', async (t) => {
  const { api, codes } = await openMailing(t);
  await api.call('PUT', '/organization/acme/robots/ci', { as: 'olga' });
  for (const name of ['mia', 'acme+ci']) {
    const answer = await api.call('PUT', `/organization/acme/team/owners/members/${name}`, { as: 'olga' });
    assert.deepEqual([answer.status, answer.json.invited], [200, false], name);
  }
  assert.deepEqual(await codes(), []);
});

test('an invitation can be declined, withdrawn, and ends with its team', async (t) => {
  const { api, codes, notices, lastLogs } = await openMailing(t);
  const invite = () => api.call('PUT', `${team}/members/hugo`, { as: 'olga' });
  await invite();
  const [code = ''] = await codes();
  const declined = await api.call('DELETE', `/teaminvite/${code}`, { as: 'hugo' });
  assert.deepEqual([declined.status, declined.text], [204, '']);
  assert.deepEqual(await lastLogs(1), [
    {
      kind: 'org_team_member_invite_declined',
      metadata: { member: 'hugo', team: 'dev', inviter: 'olga' },
    },
  ]);
  await invite();
  assert.equal((await api.call('DELETE', `${team}/members/hugo`, { as: 'olga' })).status, 204);
  assert.deepEqual(await lastLogs(1), [
    { kind: 'org_delete_team_member_invite', metadata: { user: 'hugo', member: 'hugo', team: 'dev' } },
  ]);
  assert.equal((await api.call('DELETE', `${team}/members/hugo`, { as: 'olga' })).status, 400);
  await invite();
  assert.equal((await api.call('DELETE', team, { as: 'olga' })).status, 204);
  assert.deepEqual([await codes(), await notices()], [[], []]);
});

test('an address is invited; whoever has the code joins', async (t) => {
  const { api, codes, lastLogs, mailed } = await openMailing(t);
  const email = 'new@example.com';
  const view = {
    email,
    kind: 'invite',
    avatar: { name: email, hash: md5(email), kind: 'user' },
    invited: true,
  };
  const invited = await api.call('PUT', `${team}/invite/${email}`, { as: 'olga' });
  assert.deepEqual([invited.status, withoutColors(invited.json)], [200, view]);
  assert.deepEqual(await mailed(), [email]);
  assert.deepEqual(await lastLogs(1), [
    { kind: 'org_invite_team_member', metadata: { email, member: null, team: 'dev' } },
  ]);
  const list = await api.call('GET', `${team}/members?includePending=true`, { as: 'olga' });
  assert.deepEqual(withoutColors(list.json.members[1]), view);
  for (const [method, path, as, status] of [
    ['PUT', `${team}/invite/nonsense`, 'olga', 400],
    ['PUT', `${team}/invite/${email}`, 'mia', 403],
    ['PUT', `/organization/acme/team/nothing/invite/${email}`, 'olga', 404],
    ['DELETE', `${team}/invite/other@example.com`, 'olga', 404],
    ['DELETE', `/organization/rival/team/owners/invite/${email}`, 'tess', 404],
    ['DELETE', `${team}/invite/${email}`, 'olga', 204],
    ['DELETE', `${team}/invite/${email}`, 'olga', 404],
    ['PUT', `${team}/invite/${email}`, 'olga', 200],
  ] as const) {
    const answer = await api.call(method, path, { as });
    assert.equal(answer.status, status, `${method} ${path} as ${as}: ${answer.text}`);
  }
  const [code = ''] = await codes();
  assert.equal((await api.call('PUT', `/teaminvite/${code}`, { as: 'hugo' })).status, 200);
  assert.deepEqual(await codes(), []);
});
