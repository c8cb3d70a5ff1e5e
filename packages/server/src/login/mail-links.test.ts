import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { changeEmail, createOrganization, findAccountByName } from '#/domain/namespaces/index.ts';
import { type ApiFixture, openApi, personPassword } from '#/testing/api-fixture.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';

/** A registry that sends mail, and what it sent. */
async function openMailing(t: TestContext) {
  const sink = await startSmtpSink();
  t.after(() => sink.close());
  const api = await openApi(t, {
    configuration: {
      FEATURE_MAILING: true,
      MAIL_SERVER: '127.0.0.1',
      MAIL_PORT: sink.port,
      MAIL_USE_TLS: false,
      SERVER_HOSTNAME: 'registry.example.com',
    },
  });
  /** Path and code of the link in the last mail. */
  const lastLink = (): string => {
    const source = (sink.mails.at(-1)?.source ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const link = /http:\/\/registry\.example\.com(\/\w+\?code=[\w-]+)/.exec(source)?.[1];
    assert.ok(link !== undefined, source);
    return link;
  };
  return { api, sink, lastLink };
}

async function isSignedIn(api: ApiFixture, setCookie: unknown): Promise<boolean> {
  const [cookie = ''] = String(setCookie).split(';', 1);
  return (await api.call('GET', '/user/', { headers: { cookie } })).status === 200;
}

const registration = { username: 'olga', password: personPassword, email: 'olga@example.com' };
const credentials = { username: 'olga', password: personPassword };

test('a new account waits for its confirmation, whose link works once', async (t) => {
  const { api, sink, lastLink } = await openMailing(t);
  const created = await api.call('POST', '/user/', { body: registration });
  assert.deepEqual(created.json, { awaiting_verification: true });
  assert.equal(created.headers['set-cookie'], undefined);
  assert.deepEqual(sink.mails[0]?.to, ['olga@example.com']);
  const early = await api.call('POST', '/signin', { body: credentials });
  assert.deepEqual([early.status, early.json.needsEmailVerification], [403, true]);
  assert.equal(sink.mails.length, 1, 'no second mail within a minute');
  const link = lastLink();
  const followed = await api.call('GET', `/${link}`);
  assert.equal(followed.status, 302, followed.text);
  assert.equal(followed.headers.location, 'http://registry.example.com/');
  assert.ok(await isSignedIn(api, followed.headers['set-cookie']));
  assert.equal((await api.call('POST', '/signin', { body: credentials })).status, 200);
  const again = await api.call('GET', `/${link}`);
  assert.equal(again.status, 400);
  assert.equal(again.headers['set-cookie'], undefined);
});

test('a recovery link signs in once and not for long, and the answer tells nobody who is here', async (t) => {
  const { api, sink, lastLink } = await openMailing(t);
  await api.createPerson('olga', { email: 'olga@example.com' });
  const ask = (email: string) => api.call('POST', '/recovery', { body: { email } });
  const known = await ask('olga@example.com');
  const unknown = await ask('nobody@example.com');
  assert.deepEqual([known.status, known.json], [unknown.status, unknown.json]);
  assert.deepEqual(known.json, { status: 'sent' });
  assert.equal(sink.mails.length, 1);
  const link = lastLink();
  api.clock.advanceMs(30 * 60_000 + 1);
  assert.equal((await api.call('GET', `/${link}`)).status, 400);
  await ask('olga@example.com');
  const next = lastLink();
  assert.notEqual(next, link);
  const followed = await api.call('GET', `/${next}`);
  assert.equal(
    followed.headers.location,
    'http://registry.example.com/user/olga?tab=settings&action=password',
  );
  assert.ok(await isSignedIn(api, followed.headers['set-cookie']));
  assert.equal((await api.call('GET', `/${next}`)).status, 400);
  assert.equal((await api.call('GET', `/${next.replace('/recovery', '/confirm')}`)).status, 400);
});

test('a changed address takes effect with its link', async (t) => {
  const { api, sink, lastLink } = await openMailing(t);
  await api.createPerson('olga', { email: 'olga@example.com' });
  await api.createPerson('hugo', { email: 'hugo@example.com' });
  const taken = await api.call('PUT', '/user/', { as: 'olga', body: { email: 'hugo@example.com' } });
  assert.equal(taken.status, 400);
  const asked = await api.call('PUT', '/user/', { as: 'olga', body: { email: 'new@example.com' } });
  assert.deepEqual([asked.status, asked.json.email], [200, 'olga@example.com']);
  assert.deepEqual(sink.mails.at(-1)?.to, ['new@example.com']);
  const followed = await api.call('GET', `/${lastLink()}`);
  assert.equal(followed.headers.location, 'http://registry.example.com/user/olga?tab=settings');
  assert.equal((await api.call('GET', '/user/', { as: 'olga' })).json.email, 'new@example.com');
});

test('without mailing there is neither recovery nor confirmation', async (t) => {
  const api = await openApi(t);
  assert.equal((await api.call('POST', '/recovery', { body: { email: 'a@example.com' } })).status, 404);
  for (const path of ['//confirm?code=x', '//recovery?code=x']) {
    assert.equal((await api.call('GET', path)).status, 404, path);
  }
});

test('a new password ends the links that were mailed before it', async (t) => {
  const { api, lastLink } = await openMailing(t);
  await api.createPerson('olga', { email: 'olga@example.com' });
  const change = await api.call('PUT', '/user/', { as: 'olga', body: { email: 'thief@example.org' } });
  assert.equal(change.status, 200);
  const changing = lastLink();
  await api.call('POST', '/recovery', { body: { email: 'olga@example.com' } });
  const recovering = lastLink();
  assert.notEqual(recovering, changing);
  api.clock.advanceMs(1);
  const saved = await api.call('PUT', '/user/', { as: 'olga', body: { password: 'another-horse' } });
  assert.equal(saved.status, 200);
  for (const link of [changing, recovering]) {
    const followed = await api.call('GET', `/${link}`);
    assert.deepEqual([followed.status, followed.headers['set-cookie']], [400, undefined]);
  }
  const account = await findAccountByName(api.services.database.read, 'olga');
  assert.equal(account?.email, 'olga@example.com');
});

test('a link that was mailed to a former address does nothing', async (t) => {
  const { api, lastLink } = await openMailing(t);
  await api.call('POST', '/user/', { body: registration });
  const confirming = lastLink();
  await api.call('POST', '/recovery', { body: { email: 'olga@example.com' } });
  const recovering = lastLink();
  const account = await findAccountByName(api.services.database.read, 'olga');
  await changeEmail(api.services, { accountId: account?.id ?? 0, email: 'olga@example.net' });
  for (const link of [confirming, recovering]) {
    const followed = await api.call('GET', `/${link}`);
    assert.deepEqual([followed.status, followed.headers['set-cookie']], [400, undefined]);
  }
});

test('the administrators of an organization get one mail however often recovery is asked for', async (t) => {
  const { api, sink } = await openMailing(t);
  const olga = await api.createPerson('olga', { email: 'olga@example.com' });
  await createOrganization(api.services, { name: 'acme', ownerId: olga.id, email: 'acme@example.com' });
  const ask = () => api.call('POST', '/recovery', { body: { email: 'acme@example.com' } });
  for (let count = 0; count < 3; count += 1) assert.equal((await ask()).json.status, 'org');
  assert.deepEqual(
    sink.mails.map(({ to }) => to),
    [['olga@example.com']],
  );
  api.clock.advanceMs(60_000);
  await ask();
  assert.equal(sink.mails.length, 2);
});
