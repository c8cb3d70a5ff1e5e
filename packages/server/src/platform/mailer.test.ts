import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { silentLogger } from '#/platform/logger.ts';
import { createMailer, type MailerSettings, MailNotSentError } from '#/platform/mailer.ts';
import { mailParts, type SmtpSink, startSmtpSink } from '#/testing/smtp-sink.ts';

const sinks: SmtpSink[] = [];
after(() => Promise.all(sinks.map((sink) => sink.close())));

async function start(options: Parameters<typeof startSmtpSink>[0] = {}): Promise<SmtpSink> {
  const sink = await startSmtpSink(options);
  sinks.push(sink);
  return sink;
}

const mailerAt = (port: number, changes: Partial<MailerSettings> = {}) =>
  createMailer(
    {
      server: '127.0.0.1',
      port,
      useTls: false,
      username: undefined,
      password: undefined,
      sender: 'Wharf <registry@example.com>',
      failSilently: false,
      ...changes,
    },
    silentLogger(),
  );

const mail = { to: 'ann@example.com', subject: 'Grüße', text: 'häl\nlo', html: '<p>häl<br>lo</p>' };

test('a message arrives with both of its forms', async () => {
  const sink = await start();
  await mailerAt(sink.port).send(mail);
  const [received] = sink.mails;
  assert.ok(received !== undefined);
  assert.equal(received.from, 'registry@example.com');
  assert.deepEqual(received.to, ['ann@example.com']);
  assert.match(received.source, /^From: "?Wharf"? <registry@example\.com>\r$/m);
  assert.match(received.source, /^Subject: =\?UTF-8\?/m);
  const parts = mailParts(received.source);
  assert.equal(parts.text.trim().replaceAll('\r', ''), mail.text);
  assert.equal(parts.html.trim(), mail.html);
});

test('user and password are given to the server', async () => {
  const login = { user: 'mail', password: 'secret' };
  const sink = await start({ login });
  await mailerAt(sink.port, { username: 'mail', password: 'secret' }).send(mail);
  assert.equal(sink.mails[0]?.user, 'mail');
  await assert.rejects(
    mailerAt(sink.port, { username: 'mail', password: 'wrong' }).send(mail),
    MailNotSentError,
  );
});

test('text of a caller makes no further recipient and no further header', async () => {
  const sink = await start();
  const mailer = mailerAt(sink.port);
  await mailer.send({ ...mail, subject: 'a\r\nBcc: eve@example.com' });
  assert.deepEqual(sink.mails[0]?.to, ['ann@example.com']);
  assert.doesNotMatch(sink.mails[0]?.source ?? '', /^Bcc:/m);
  for (const to of ['ann@example.com, eve@example.com', 'ann@example.com>\r\nRCPT TO:<eve@example.com']) {
    await mailer.send({ ...mail, to }).catch(() => undefined);
  }
  assert.ok(!sink.mails.some((received) => received.to.includes('eve@example.com')));
});

const failures: readonly {
  readonly name: string;
  readonly changes: Partial<MailerSettings>;
  readonly refuse?: boolean;
}[] = [
  { name: 'the server offers no TLS and TLS is asked for', changes: { useTls: true } },
  { name: 'the server refuses the recipient', changes: {}, refuse: true },
  { name: 'nobody listens', changes: { port: 1 } },
];

for (const { name, changes, refuse = false } of failures) {
  test(`not sent: ${name}`, async () => {
    const sink = await start({ refuse });
    await assert.rejects(mailerAt(sink.port, changes).send(mail), MailNotSentError);
    await mailerAt(sink.port, { ...changes, failSilently: true }).send(mail);
    assert.equal(sink.mails.length, 0);
  });
}
