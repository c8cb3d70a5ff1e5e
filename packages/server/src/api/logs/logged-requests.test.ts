import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runLogExports } from '#/domain/log-export/index.ts';
import type { Mail } from '#/platform/mailer.ts';
import { openApi, personPassword } from '#/testing/api-fixture.ts';

const names = 'request_url http_method auth_type user_agent performer_kind request_id x_forwarded_for'.split(
  ' ',
);

for (const extended of [true, false]) {
  test(`FEATURE_EXTENDED_ACTION_LOGGING ${extended}: lists and exports of entries`, async (t) => {
    const api = await openApi(t, { configuration: { FEATURE_EXTENDED_ACTION_LOGGING: extended } });
    await api.createPerson('olga', { email: 'olga@example.com' });
    const headers = { 'user-agent': 'curl/9', 'x-forwarded-for': '192.0.2.9' };
    const body = { name: 'acme' };
    const query = '?state=s3cret&code=s3cret';
    const created = await api.call('POST', `/organization/${query}`, { as: 'olga', headers, body });
    assert.equal(created.status, 201, created.text);
    const bearer = await api.tokenOf('olga', ['org:admin']);
    const team = { role: 'member' };
    assert.equal(
      (await api.call('PUT', '/organization/acme/team/dev', { bearer, headers, body: team })).status,
      200,
    );
    const { json } = await api.call('GET', '/organization/acme/logs', { as: 'olga' });
    const of = (kind: string) => json.logs.find((entry: { kind: string }) => entry.kind === kind);
    const shown = (kind: string) => names.map((name) => of(kind)[name]);
    const [url, method, auth, agent, performer, id, forwarded] = shown('org_create');
    const none = names.map(() => undefined);
    if (!extended) {
      assert.deepEqual([shown('org_create'), shown('org_create_team')], [none, none]);
      return;
    }
    assert.match(url, /^http:\/\/.+\/api\/v1\/organization\/\?state=\*\*\*&code=\*\*\*$/);
    assert.deepEqual(
      [method, auth, agent, performer, forwarded],
      ['POST', 'session', 'curl/9', 'user', '192.0.2.9'],
    );
    assert.match(id, /\S/);
    assert.deepEqual(shown('org_create_team').slice(1, 5), ['PUT', 'oauth', 'curl/9', 'oauth']);

    const credentials = { username: 'olga', password: personPassword };
    assert.equal((await api.call('POST', '/signin', { headers, body: credentials })).status, 200);
    const own = (await api.call('GET', '/user/logs', { as: 'olga' })).json.logs;
    const login = own.find((entry: { request_url?: string }) =>
      entry.request_url?.endsWith('/api/v1/signin'),
    );
    assert.deepEqual([login?.kind, login?.user_agent], ['login_success', 'curl/9']);

    const asked = { as: 'olga', body: { callback_email: 'olga@example.com' } };
    assert.equal((await api.call('POST', '/organization/acme/exportlogs', asked)).status, 200);
    const mails: Mail[] = [];
    const mailer = { send: async (mail: Mail) => void mails.push(mail) };
    assert.equal(await runLogExports({ ...api.services, mailer }), 1);
    const [link = ''] = /http\S+/.exec(mails[0]?.text ?? '') ?? [];
    const file = await api.call('GET', `/${new URL(link).pathname}`);
    const exported = file.json.logs.find((entry: { kind: string }) => entry.kind === 'org_create');
    assert.deepEqual(
      names.map((name) => exported[name]),
      shown('org_create'),
    );
    assert.doesNotMatch(file.text, /s3cret/);
  });
}
