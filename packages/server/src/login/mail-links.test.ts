import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { changeEmail, createOrganization, findAccountByName } from '#/domain/namespaces/index.ts';
import { deliverAccountMails } from '#/domain/sign-in/index.ts';
import { type ApiFixture, openApi, personPassword } from '#/testing/api-fixture.ts';
import { findMailLink, followMailLink, postForm } from '#/testing/mail-links.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';

/** A registry that sends mail, and what it sent. */
async function openMailing(t: TestContext, configuration: Readonly<Record<string, unknown>> = {}) {
  const sink = await startSmtpSink();
  t.after(() => sink.close());
  const api = await openApi(t, {
    configuration: {
      FEATURE_MAILING: true,
      MAIL_SERVER: '127.0.0.1',
      MAIL_PORT: sink.port,
      MAIL_USE_TLS: false,
      SERVER_HOSTNAME: 'registry.example.com',
      ...configuration,
    },
  });
  /** Sends what waits; path and code of the link in the last mail. */
  const lastLink = async (): Promise<string> => {
    await deliverAccountMails(api.services);
    return findMailLink(sink.mails.at(-1)?.source ?? '');
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
  const link = await lastLink();
  assert.deepEqual(sink.mails[0]?.to, ['olga@example.com']);
  const early = await api.call('POST', '/signin', { body: credentials });
  assert.deepEqual([early.status, early.json.needsEmailVerification], [403, true]);
  assert.equal(await lastLink(), link);
  assert.equal(sink.mails.length, 1, 'no second mail within a minute');
  const { page, followed } = await followMailLink(api, link);
  assert.match(page.text, /Confirm the address olga@example\.com of the account &quot;olga&quot;\?/);
  assert.equal(followed.status, 303, followed.text);
  assert.equal(followed.headers.location, 'http://registry.example.com/');
  assert.ok(await isSignedIn(api, followed.headers['set-cookie']));
  assert.equal((await api.call('POST', '/signin', { body: credentials })).status, 200);
  const again = await api.call('GET', `/${link}`);
  assert.equal(again.status, 400);
  assert.equal(again.headers['set-cookie'], undefined);
});

test('without a mail server nobody gets an account that could never be confirmed', async (t) => {
  const api = await openApi(t, {
    configuration: { FEATURE_MAILING: true, SERVER_HOSTNAME: 'registry.example.com' },
  });
  for (const body of [registration, registration]) {
    const refused = await api.call('POST', '/user/', { body });
    assert.deepEqual([refused.status, /sends no mail/.test(refused.text)], [400, true], refused.text);
  }
  assert.equal(await findAccountByName(api.services.database.read, 'olga'), undefined);
});

test('a recovery link signs in once and not for long, and the answer tells nobody who is here', async (t) => {
  const { api, sink, lastLink } = await openMailing(t);
  await api.createPerson('olga', { email: 'olga@example.com' });
  const ask = (email: string) => api.call('POST', '/recovery', { body: { email } });
  const known = await ask('olga@example.com');
  const unknown = await ask('nobody@example.com');
  assert.deepEqual([known.status, known.json], [unknown.status, unknown.json]);
  assert.deepEqual(known.json, { status: 'sent' });
  const link = await lastLink();
  assert.equal(sink.mails.length, 1);
  api.clock.advanceMs(30 * 60_000 + 1);
  assert.equal((await api.call('GET', `/${link}`)).status, 400);
  await ask('olga@example.com');
  const next = await lastLink();
  assert.notEqual(next, link);
  const { followed } = await followMailLink(api, next);
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
  const link = await lastLink();
  assert.deepEqual(sink.mails.at(-1)?.to, ['new@example.com']);
  const { followed } = await followMailLink(api, link);
  assert.equal(followed.headers.location, 'http://registry.example.com/user/olga?tab=settings');
  assert.equal((await api.call('GET', '/user/', { as: 'olga' })).json.email, 'new@example.com');
});

test('an address that an organization shares recovers the person', async (t) => {
  const { api, sink, lastLink } = await openMailing(t, { FEATURE_ORG_SHARED_EMAIL: true });
  await api.createPerson('olga', { email: 'olga@example.com' });
  const shared = { name: 'acme', email: 'olga@example.com' };
  assert.equal((await api.call('POST', '/organization/', { as: 'olga', body: shared })).status, 201);
  await api.call('POST', '/recovery', { body: { email: 'olga@example.com' } });
  const { followed } = await followMailLink(api, await lastLink());
  assert.equal(
    followed.headers.location,
    'http://registry.example.com/user/olga?tab=settings&action=password',
  );
  assert.equal(sink.mails.length, 1);
  const signIn = { username: 'olga@example.com', password: personPassword };
  assert.equal((await api.call('POST', '/signin', { body: signIn })).status, 200);
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
  const changing = await lastLink();
  await api.call('POST', '/recovery', { body: { email: 'olga@example.com' } });
  const recovering = await lastLink();
  assert.notEqual(recovering, changing);
  api.clock.advanceMs(1);
  const saved = await api.call('PUT', '/user/', { as: 'olga', body: { password: 'another-horse' } });
  assert.equal(saved.status, 200);
  for (const link of [changing, recovering]) {
    const { followed } = await followMailLink(api, link);
    assert.deepEqual([followed.status, followed.headers['set-cookie']], [400, undefined]);
  }
  const account = await findAccountByName(api.services.database.read, 'olga');
  assert.equal(account?.email, 'olga@example.com');
});

test('a link that was mailed to a former address does nothing', async (t) => {
  const { api, lastLink } = await openMailing(t);
  await api.call('POST', '/user/', { body: registration });
  const confirming = await lastLink();
  await api.call('POST', '/recovery', { body: { email: 'olga@example.com' } });
  const recovering = await lastLink();
  const account = await findAccountByName(api.services.database.read, 'olga');
  await changeEmail(api.services, { accountId: account?.id ?? 0, email: 'olga@example.net' });
  for (const link of [confirming, recovering]) {
    const { followed } = await followMailLink(api, link);
    assert.deepEqual([followed.status, followed.headers['set-cookie']], [400, undefined]);
  }
});

test('the administrators of an organization get one mail however often recovery is asked for', async (t) => {
  const { api, sink } = await openMailing(t);
  const olga = await api.createPerson('olga', { email: 'olga@example.com' });
  await createOrganization(api.services, { name: 'acme', ownerId: olga.id, email: 'acme@example.com' });
  const ask = () => api.call('POST', '/recovery', { body: { email: 'acme@example.com' } });
  for (let count = 0; count < 3; count += 1) assert.equal((await ask()).json.status, 'org');
  await deliverAccountMails(api.services);
  assert.deepEqual(
    sink.mails.map(({ to }) => to),
    [['olga@example.com']],
  );
  api.clock.advanceMs(60_000);
  await ask();
  await deliverAccountMails(api.services);
  assert.equal(sink.mails.length, 2);
});

test('opening a link, as programs that look at mails do, uses nothing up', async (t) => {
  const { api, lastLink } = await openMailing(t);
  await api.call('POST', '/user/', { body: registration });
  const confirming = await lastLink();
  await api.call('POST', '/recovery', { body: { email: 'olga@example.com' } });
  const recovering = await lastLink();
  for (const link of [confirming, recovering]) {
    for (let times = 0; times < 2; times += 1) {
      const opened = await api.call('GET', `/${link}`);
      assert.equal(opened.status, 200, link);
      assert.equal(await isSignedIn(api, opened.headers['set-cookie']), false);
      assert.match(String(opened.headers['content-security-policy']), /^default-src 'none'/);
      assert.doesNotMatch(opened.text, /<script|\son\w+=/);
    }
    const account = await findAccountByName(api.services.database.read, 'olga');
    assert.equal(account?.verified, link === recovering);
    assert.ok(await isSignedIn(api, (await followMailLink(api, link)).followed.headers['set-cookie']));
    assert.equal((await api.call('GET', `/${link}`)).status, 400);
  }
});

test('the button works only for the browser that saw the page', async (t) => {
  const { api, lastLink } = await openMailing(t);
  await api.createPerson('olga', { email: 'olga@example.com' });
  await api.call('POST', '/recovery', { body: { email: 'olga@example.com' } });
  const link = await lastLink();
  const code = link.split('=')[1] ?? '';
  const page = await api.call('GET', `/${link}`);
  for (const token of [undefined, 'guessed']) {
    const form = new URLSearchParams({ code, ...(token === undefined ? {} : { _csrf_token: token }) });
    const forged = await postForm(api, '/recovery', form, page);
    assert.deepEqual([forged.status, forged.headers['set-cookie']], [403, undefined]);
  }
  assert.equal((await followMailLink(api, link)).followed.status, 303);
});

test('while the mail server is down the answer is the same for everybody, and the mail goes out later', async (t) => {
  const { api, sink, lastLink } = await openMailing(t);
  await api.createPerson('olga', { email: 'olga@example.com' });
  const down = { send: () => Promise.reject(new Error('no connection')) };
  const results: string[] = [];
  const onResult = (result: string): void => void results.push(result);
  const waiting = async () =>
    (await api.services.database.read.selectFrom('outbox').select('body').execute()).map(({ body }) => body);
  let before = 0;
  for (const email of ['olga@example.com', 'nobody@example.com']) {
    const { status, json } = await api.call('POST', '/recovery', { body: { email } });
    assert.deepEqual([status, json], [200, { status: 'sent' }], email);
    // One write each, whether there is such a person or not.
    assert.equal((await waiting()).length, before + 1);
    before += 1;
  }
  assert.equal(sink.mails.length, 0, 'nobody waits for the mail server');
  await deliverAccountMails({ ...api.services, mailer: down }, { onResult });
  assert.deepEqual(results, ['failed']);
  const [left, ...more] = await waiting();
  assert.deepEqual(more, []);
  assert.doesNotMatch(String(left), /recovery|olga/, 'what waits is sealed');
  api.clock.advanceMs(60_000);
  assert.match(await lastLink(), /^\/recovery\?code=/);
  assert.deepEqual(await waiting(), []);
});

test('where no mail server is configured, nobody learns who is here either', async (t) => {
  const api = await openApi(t, { configuration: { FEATURE_MAILING: true } });
  await api.createPerson('olga', { email: 'olga@example.com' });
  for (const email of ['olga@example.com', 'nobody@example.com']) {
    const { status, json } = await api.call('POST', '/recovery', { body: { email } });
    assert.deepEqual([status, json.message], [400, 'This registry sends no mail. Ask its operators.']);
  }
});
