import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { authorizeEmail, confirmAuthorizedEmail } from '#/domain/notifications/index.ts';
import { notificationMethods } from '#/domain/notifications/methods/all-methods.ts';
import { deliverAccountMails } from '#/domain/sign-in/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { type HttpReceiver, startReceiver } from '#/testing/http-receiver.ts';
import { notificationFixture } from '#/testing/notification-fixture.ts';
import { type MethodCase, testNotificationMethod } from '#/testing/notification-method-conformance.ts';
import { mailParts, type SmtpSink, startSmtpSink } from '#/testing/smtp-sink.ts';

let receiver: HttpReceiver;
let sink: SmtpSink;
let status = 200;
before(async () => {
  receiver = await startReceiver(() => status);
  sink = await startSmtpSink();
});
after(async () => {
  await receiver.close();
  await sink.close();
});

const wrongUrls = [
  { url: '' },
  { url: 7 },
  { url: 'javascript:alert(1)' },
  { url: 'http://[::ffff:7f00:2]/' },
];
const breakReceiver = async (): Promise<void> => {
  status = 500;
};
const arrived = async (): Promise<number> => receiver.heard.length;

const cases: readonly MethodCase[] = [
  {
    method: 'webhook',
    works: async () => ({ url: receiver.url, secret: 'open sesame' }),
    refused: [
      ...wrongUrls,
      { url: 'http://example.com', secret: 7 },
      { url: 'http://example.com', template: '{' },
    ],
    breakReceiver,
    arrived,
    secrets: ['sesame'],
  },
  {
    method: 'slack',
    works: async () => ({ url: receiver.url }),
    refused: wrongUrls,
    breakReceiver,
    arrived,
    secrets: [],
  },
  {
    method: 'email',
    async works({ services, repository }) {
      const email = 'ops@example.com';
      await authorizeEmail(services, { repository, email, baseUrl: 'http://x' });
      await deliverAccountMails(services);
      const { text } = mailParts(sink.mails.at(-1)?.source ?? '');
      await confirmAuthorizedEmail(services, /code=([\w-]+)/.exec(text)?.[1] ?? '');
      return { email };
    },
    refused: [{ email: '' }, { email: 7 }, { email: 'stranger@example.com' }],
    async breakReceiver({ services }) {
      await services.database.transaction((db) => db.deleteFrom('authorized_emails').execute());
    },
    arrived: async () => sink.mails.length,
    secrets: [],
  },
  {
    method: 'quay_notification',
    works: async () => ({ target: { kind: 'user', name: 'bob' } }),
    refused: [
      { target: 'bob' },
      { target: { kind: 'robot', name: 'bob' } },
      { target: { kind: 'user', name: 'acme' } },
    ],
    async breakReceiver({ services, bob }) {
      await services.database.transaction((db) =>
        db.deleteFrom('accounts').where('id', '=', bob.id).execute(),
      );
    },
    async arrived({ services, bob }) {
      const { read } = services.database;
      const rows = await read
        .selectFrom('user_notifications')
        .select('id')
        .where('account_id', '=', bob.id)
        .execute();
      return rows.length;
    },
    secrets: [],
  },
];

test('every method that is not retired has a case', () => {
  const names = notificationMethods.filter(({ retired }) => !retired).map(({ name }) => name);
  assert.deepEqual(names.sort(), cases.map(({ method }) => method).sort());
});

eachDatabase('methods of notifications', (open) => {
  for (const method of cases)
    testNotificationMethod(method, async () => {
      status = 200;
      return notificationFixture(await open(), { smtpPort: sink.port });
    });
});
