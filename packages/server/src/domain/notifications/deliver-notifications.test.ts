import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';
import {
  addTeamMember,
  createOrganization,
  createTeam,
  createUser,
  deleteTeam,
} from '#/domain/namespaces/index.ts';
import {
  announce,
  authorizeEmail,
  confirmAuthorizedEmail,
  createRepositoryNotification,
  type DeliveryResult,
  deliverNotifications,
  findAuthorizedEmail,
  findNotificationMethod,
  findRepositoryNotification,
  resetRepositoryNotification,
  testRepositoryNotification,
} from '#/domain/notifications/index.ts';
import type { Services } from '#/domain/services.ts';
import { deliverAccountMails } from '#/domain/sign-in/index.ts';
import { listUserNotifications } from '#/domain/user-notifications/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { startReceiver } from '#/testing/http-receiver.ts';
import { notificationFixture } from '#/testing/notification-fixture.ts';
import { mailParts, startSmtpSink } from '#/testing/smtp-sink.ts';

const minuteMs = 60_000;
/** Longer than the longest pause between two attempts. */
const longMs = 15 * minuteMs;

const closing: (() => Promise<void>)[] = [];
after(() => Promise.all(closing.map((close) => close())));

async function receive(...args: Parameters<typeof startReceiver>) {
  const receiver = await startReceiver(...args);
  closing.push(receiver.close);
  return receiver;
}

eachDatabase('delivery of notifications', (open) => {
  async function setUp(options: { readonly smtpPort?: number } = {}) {
    const fixture = await notificationFixture(await open(), options);
    const { services, repository, clock } = fixture;
    const listen = (changes: Record<string, unknown> = {}) =>
      createRepositoryNotification(services, {
        repository,
        event: 'repo_push',
        method: 'webhook',
        config: {},
        eventConfig: {},
        title: null,
        ...changes,
      });
    const push = (tag: string, eventNumber?: number, event = 'repo_push', data = {}) =>
      services.database.transaction((db) =>
        announce(services, db, {
          repository,
          event,
          data: event === 'repo_push' ? { updated_tags: [tag] } : data,
          ...(eventNumber === undefined ? {} : { eventNumber }),
        }),
      );
    const deliver = async (on: Services = services): Promise<string> => {
      const results: DeliveryResult[] = [];
      await deliverNotifications(on, { onResult: (_method, result) => results.push(result) });
      return results.sort().join(' ');
    };
    const failures = async (uuid: string) =>
      (await findRepositoryNotification(services.database.read, repository.id, uuid))?.numberOfFailures;
    const waiting = async () =>
      (await services.database.read.selectFrom('outbox').selectAll().execute()).length;
    return { ...fixture, clock, listen, push, deliver, failures, waiting };
  }

  test('nothing is written where nobody listens', async () => {
    const { push, listen, waiting } = await setUp();
    await listen({ event: 'repo_mirror_sync_started', config: { url: 'http://127.0.0.1:1/' } });
    await push('v1');
    assert.equal(await waiting(), 0);
  });

  test('what a transaction announced and undid is never sent', async () => {
    const { services, repository, listen, deliver, waiting } = await setUp();
    const receiver = await receive();
    await listen({ config: { url: receiver.url } });
    await assert.rejects(
      services.database.transaction(async (db) => {
        await announce(services, db, { repository, event: 'repo_push', data: { updated_tags: ['v1'] } });
        throw new Error('undone');
      }),
      /undone/,
    );
    assert.equal(await waiting(), 0);
    assert.equal(await deliver(), '');
    assert.equal(receiver.heard.length, 0);
  });

  test('webhook: the payload of the event, a delivery id and a signature', async () => {
    const { push, listen, deliver, waiting } = await setUp();
    const receiver = await receive();
    const { uuid } = await listen({ config: { url: `${receiver.url}/hook?x=1` } });
    await listen({ config: { url: `${receiver.url}/secret`, secret: 'open sesame' } });
    await push('v1');
    assert.equal(await deliver(), 'delivered delivered');
    assert.equal(await waiting(), 0);
    const open = receiver.heard.find(({ url }) => url === '/hook?x=1');
    assert.deepEqual(JSON.parse(open?.body ?? ''), {
      repository: 'acme/app',
      namespace: 'acme',
      name: 'app',
      docker_url: 'registry.example.com/acme/app',
      homepage: 'https://registry.example.com/repository/acme/app',
      updated_tags: ['v1'],
    });
    assert.equal(open?.method, 'POST');
    assert.equal(open?.headers['content-type'], 'application/json');
    assert.equal(open?.headers['x-wharf-event'], 'repo_push');
    const secret = receiver.heard.find(({ url }) => url === '/secret');
    const ids = [open, secret].map((request) => request?.headers['x-wharf-delivery']);
    for (const id of ids) assert.match(String(id), /^[0-9a-f-]{36}$/);
    assert.notEqual(ids[0], ids[1]);
    for (const [request, key] of [
      [open, uuid],
      [secret, 'open sesame'],
    ] as const) {
      const signature = createHmac('sha256', key)
        .update(request?.body ?? '')
        .digest('hex');
      assert.equal(request?.headers['x-wharf-signature-256'], `sha256=${signature}`);
    }
  });

  test('webhook: a template takes the place of the payload', async () => {
    const { push, listen, deliver } = await setUp();
    const receiver = await receive();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of a webhook
    const template = '{"text":"${repository} ${updated_tags[0]}","all":"${updated_tags}"}';
    await listen({ config: { url: receiver.url, template } });
    await push('v1');
    assert.equal(await deliver(), 'delivered');
    assert.deepEqual(JSON.parse(receiver.heard[0]?.body ?? ''), { text: 'acme/app v1', all: ['v1'] });
  });

  test('slack: one attachment in the colour of the level, without marks from outside', async () => {
    const { push, listen, deliver } = await setUp();
    const receiver = await receive();
    await listen({ method: 'slack', config: { url: receiver.url }, title: 'a & b' });
    await listen({
      method: 'slack',
      event: 'repo_mirror_sync_failed',
      config: { url: `${receiver.url}/failed` },
    });
    await push('v1');
    await push('', undefined, 'repo_mirror_sync_failed', { message: '<!channel> & more' });
    assert.equal(await deliver(), 'delivered delivered');
    const bodyOf = (path: string) => JSON.parse(receiver.heard.find(({ url }) => url === path)?.body ?? '');
    assert.deepEqual(bodyOf('/'), {
      text: 'a &amp; b',
      username: 'quayiobot',
      attachments: [
        {
          fallback: 'Repository acme/app has been updated (v1)',
          text: 'Repository acme/app has been updated (v1) <https://registry.example.com/repository/acme/app|acme/app>',
          color: 'good',
          mrkdwn_in: ['text'],
        },
      ],
    });
    const failed = bodyOf('/failed').attachments[0];
    assert.equal(failed.color, 'danger');
    assert.match(failed.text, /: &lt;!channel&gt; &amp; more </);
  });

  test('e-mail: only to an address whose reader agreed, as text and as HTML', async () => {
    const sink = await startSmtpSink();
    closing.push(sink.close);
    const { services, repository, clock, push, listen, deliver } = await setUp({ smtpPort: sink.port });
    const email = 'ops@example.com';
    const ask = async () => {
      const asked = await authorizeEmail(services, {
        repository,
        email,
        baseUrl: 'https://registry.example.com',
      });
      await deliverAccountMails(services);
      return asked;
    };
    const record = await ask();
    await ask();
    assert.equal(sink.mails.length, 1, 'one mail a minute');
    clock.advanceMs(minuteMs);
    assert.equal((await ask()).code, record.code);
    assert.equal(sink.mails.length, 2);
    const link = /https:\/\/registry\.example\.com\/authrepoemail\?code=([\w-]+)/;
    const [, code = ''] = link.exec(mailParts(sink.mails[0]?.source ?? '').text) ?? [];
    assert.ok(code !== '' && code !== record.code, 'what the administrator sees is not what the link holds');
    for (const wrong of [
      '',
      record.code,
      `${code.slice(0, 20)}${code[20] === 'A' ? 'B' : 'A'}${code.slice(21)}`,
      Buffer.from(record.code).toString('base64url'),
    ])
      await assert.rejects(confirmAuthorizedEmail(services, wrong), { code: 'invalid_request' });
    await assert.rejects(listen({ method: 'email', config: { email } }), /not authorized/);
    assert.deepEqual(await confirmAuthorizedEmail(services, code), { email, namespace: 'acme', name: 'app' });
    assert.equal((await findAuthorizedEmail(services.database.read, repository.id, email))?.confirmed, true);
    clock.advanceMs(minuteMs);
    await ask();
    assert.equal(sink.mails.length, 2, 'who agreed is not asked again');
    await listen({ method: 'email', config: { email }, title: '<b>ops</b>' });
    await push('v1');
    assert.equal(await deliver(), 'delivered');
    const mail = sink.mails[2];
    assert.deepEqual(mail?.to, [email]);
    assert.match(mail?.source ?? '', /^Subject: Repository acme\/app has been updated \(v1\)\r$/m);
    const { text, html } = mailParts(mail?.source ?? '');
    assert.match(text, /^Repository acme\/app has been updated \(v1\)\r?\n/);
    assert.match(text, /https:\/\/registry\.example\.com\/repository\/acme\/app/);
    assert.match(html, /<a href="https:\/\/registry\.example\.com\/repository\/acme\/app">/);
    assert.match(html, /&lt;b&gt;ops&lt;\/b&gt;/);
    assert.match(html, /The &lt;Registry&gt;/);
    await services.database.transaction((db) => db.deleteFrom('authorized_emails').execute());
    await push('v2');
    assert.equal(await deliver(), 'failed');
    assert.equal(sink.mails.length, 3);
  });

  test('nothing is stored for what is no address, or where no mail can be sent', async () => {
    const { services, repository } = await setUp();
    const { mailer: _mailer, ...mailless } = services;
    const link = { repository, baseUrl: 'http://x' };
    const asked = authorizeEmail(mailless, { ...link, email: 'ops@example.com' });
    await assert.rejects(asked, /sends no mail/);
    await assert.rejects(authorizeEmail(services, { ...link, email: 'no address' }), /must look like/);
    const found = await findAuthorizedEmail(services.database.read, repository.id, 'ops@example.com');
    assert.equal(found, undefined);
  });

  test('quay_notification: a person, those who administer an organization, the members of a team', async () => {
    const { services, acme, ann, bob, push, listen, deliver } = await setUp();
    await createTeam(services, { organizationId: acme.id, name: 'ops', role: 'member' });
    await addTeamMember(services, { organizationId: acme.id, team: 'ops', member: 'bob' });
    await listen({ method: 'quay_notification', config: { target: { kind: 'user', name: 'bob' } } });
    await listen({ method: 'quay_notification', config: { target: { kind: 'org', name: 'acme' } } });
    await listen({ method: 'quay_notification', config: { target: { kind: 'team', name: 'ops' } } });
    await push('v1');
    assert.equal(await deliver(), 'delivered delivered delivered');
    const seen = async (accountId: number) =>
      (await listUserNotifications(services, { accountId, page: 0, limit: 10 })).notifications;
    const ofBob = await seen(bob.id);
    assert.equal(ofBob.length, 2);
    assert.deepEqual(
      ofBob.map(({ kind, organization, metadata }) => [
        kind,
        organization,
        Reflect.get(Object(metadata), 'updated_tags'),
      ]),
      [
        ['repo_push', null, ['v1']],
        ['repo_push', null, ['v1']],
      ],
    );
    assert.deepEqual(
      (await seen(ann.id)).map(({ organization }) => organization),
      ['acme'],
    );
  });

  test('quay_notification: the target is who had the name when the notification was made, whatever the names are now', async () => {
    const { services, acme, ann, bob, repository, push, listen, deliver } = await setUp();
    await createTeam(services, { organizationId: acme.id, name: 'ops', role: 'member' });
    await addTeamMember(services, { organizationId: acme.id, team: 'ops', member: 'bob' });
    const made = [
      await listen({ method: 'quay_notification', config: { target: { kind: 'user', name: 'bob' } } }),
      await listen({
        method: 'quay_notification',
        config: { target: { kind: 'org', name: 'acme' }, target_id: bob.id },
      }),
      await listen({ method: 'quay_notification', config: { target: { kind: 'team', name: 'ops' } } }),
    ];
    assert.deepEqual(made[1]?.config, { target: { kind: 'org', name: 'acme' }, target_id: acme.id });
    assert.deepEqual(findNotificationMethod('quay_notification')?.show(made[1]?.config ?? {}), {
      target: { kind: 'org', name: 'acme' },
    });
    const { database } = services;
    const rename = (table: 'accounts' | 'teams', from: string, to: string) =>
      database.transaction((db) =>
        db.updateTable(table).set({ name: to }).where('name', '=', from).execute(),
      );
    await rename('accounts', 'bob', 'robert');
    await rename('accounts', 'acme', 'apex');
    await rename('teams', 'ops', 'operators');
    const taker = await createUser(services, {
      name: 'bob',
      password: 'correct-horse',
      email: 'taker@example.com',
    });
    await createOrganization(services, { name: 'acme', ownerId: taker.id });
    await createTeam(services, { organizationId: acme.id, name: 'ops', role: 'member' });
    await addTeamMember(services, { organizationId: acme.id, team: 'ops', member: 'bob' });
    await push('v1');
    assert.equal(await deliver(), 'delivered delivered delivered');
    const count = async (accountId: number) =>
      (await listUserNotifications(services, { accountId, page: 0, limit: 10 })).notifications.length;
    assert.deepEqual([await count(bob.id), await count(ann.id), await count(taker.id)], [2, 1, 0]);

    await deleteTeam(services, { organizationId: acme.id, team: 'operators' });
    await push('v2');
    assert.equal(await deliver(), 'delivered delivered failed');
    assert.equal(await count(taker.id), 0);

    // As a Quay database has it: by name alone.
    for (const { uuid } of made) {
      await database.transaction((db) =>
        db
          .updateTable('repository_notifications')
          .set({ config_json: JSON.stringify({ target: { kind: 'team', name: 'ops' } }) })
          .where('uuid', '=', uuid)
          .where('repository_id', '=', repository.id)
          .execute(),
      );
    }
    await push('v3');
    assert.equal(await deliver(), 'delivered delivered delivered');
    assert.equal(await count(taker.id), 3);
  });

  test('a failure is tried again; three in a row, and the notification rests until it is reset', async () => {
    const { services, repository, clock, push, listen, deliver, failures, waiting } = await setUp();
    let status = 500;
    const receiver = await receive(() => status);
    const { uuid } = await listen({ config: { url: receiver.url } });
    await push('v1');
    assert.equal(await deliver(), 'failed');
    assert.equal(await deliver(), '', 'not at once');
    clock.advanceMs(longMs);
    status = 204;
    assert.equal(await deliver(), 'delivered');
    assert.equal(await failures(uuid), 0, 'failures count in a row');
    const [first, second] = receiver.heard;
    assert.equal(first?.headers['x-wharf-delivery'], second?.headers['x-wharf-delivery']);
    assert.equal(first?.body, second?.body);

    status = 404;
    await push('v2');
    for (const count of [1, 2, 3]) {
      assert.equal(await deliver(), 'failed');
      assert.equal(await failures(uuid), count);
      clock.advanceMs(longMs);
    }
    assert.equal(await deliver(), 'dropped');
    await push('v3');
    assert.equal(await waiting(), 0, 'nothing is written for a notification that rests');
    assert.equal(receiver.heard.length, 5);
    await resetRepositoryNotification(services, { repository, uuid });
    status = 200;
    await push('v4');
    assert.equal(await deliver(), 'delivered');
  });

  test('each receiver gets events in order, and one that fails holds up nobody else', async () => {
    const { clock, push, listen, deliver } = await setUp();
    const broken = await receive((_request, count) => (count === 1 ? 500 : 200));
    const sound = await receive();
    await listen({ config: { url: broken.url } });
    await listen({ config: { url: sound.url } });
    await push('v2', 2);
    await push('v1', 1);
    await push('v3', 3);
    const tags = (bodies: readonly { readonly body: string }[]) =>
      bodies.map(({ body }) => JSON.parse(body).updated_tags[0]).join(' ');
    await deliver();
    assert.equal(tags(sound.heard), 'v1 v2 v3');
    assert.equal(tags(broken.heard), 'v1');
    clock.advanceMs(longMs);
    await deliver();
    assert.equal(tags(broken.heard), 'v1 v1 v2 v3');
  });

  test('nodes that deliver at once send each event once', async () => {
    const { services, push, listen, deliver } = await setUp();
    const receiver = await receive();
    for (let index = 0; index < 4; index += 1) await listen({ config: { url: receiver.url } });
    for (let number = 1; number <= 5; number += 1) await push(`v${number}`, number);
    await Promise.all([
      deliver(),
      deliver({ ...services, nodeId: 'second' }),
      deliver({ ...services, nodeId: 'third' }),
    ]);
    await deliver();
    const ids = receiver.heard.map(({ headers }) => headers['x-wharf-delivery']);
    assert.equal(ids.length, 20);
    assert.equal(new Set(ids).size, 20);
  });

  test('filters hold for events, not for a test', async () => {
    const { services, repository, push, listen, deliver } = await setUp();
    const receiver = await receive();
    const { uuid } = await listen({
      event: 'vulnerability_found',
      config: { url: receiver.url },
      eventConfig: { level: 0 },
    });
    await push('', undefined, 'vulnerability_found', {
      tags: ['v1'],
      vulnerability: { id: 'x', priority: 'Low' },
    });
    assert.equal(await deliver(), 'dropped');
    await testRepositoryNotification(services, { repository, uuid });
    assert.equal(await deliver(), 'delivered');
    assert.equal(JSON.parse(receiver.heard[0]?.body ?? '').vulnerability.id, 'CVE-FAKE-CVE');
  });

  test('a repository that is being deleted tells nothing more', async () => {
    const { services, repository, push, listen, deliver, waiting } = await setUp();
    const receiver = await receive();
    await listen({ config: { url: receiver.url } });
    await push('v1');
    await services.database.transaction((db) =>
      db
        .updateTable('repositories')
        .set({ state: 'MARKED_FOR_DELETION', name: 'renamed' })
        .where('id', '=', repository.id)
        .execute(),
    );
    assert.equal(await deliver(), 'dropped');
    assert.deepEqual([await waiting(), receiver.heard.length], [0, 0]);
  });

  test('retired methods of an old registry are kept and send nothing', async () => {
    const { services, push, listen, deliver, failures } = await setUp();
    const { uuid } = await listen({ config: { url: 'http://127.0.0.1:1/' } });
    await services.database.transaction((db) =>
      db
        .updateTable('repository_notifications')
        .set({ method: 'hipchat', config_json: '{"room_id":"x"}' })
        .execute(),
    );
    await push('v1');
    assert.equal(await deliver(), 'dropped');
    assert.equal(await failures(uuid), 0);
  });

  test('an event that nobody can read is parked and blocks nothing', async () => {
    const { services, clock, push, listen, deliver } = await setUp();
    const receiver = await receive();
    const { uuid } = await listen({ config: { url: receiver.url } });
    await push('broken', 1);
    await services.database.transaction((db) => db.updateTable('outbox').set({ body: '{"id":1}' }).execute());
    await push('v2', 2);
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await deliver();
      clock.advanceMs(longMs);
      assert.equal(receiver.heard.length, 0);
    }
    await deliver();
    assert.equal(await deliver(), '');
    assert.equal(receiver.heard.length, 1);
    const [parked, ...others] = await services.database.read.selectFrom('outbox').selectAll().execute();
    assert.deepEqual([parked?.parked, parked?.topic, others.length], [1, `notification/${uuid}`, 0]);
  });
});
