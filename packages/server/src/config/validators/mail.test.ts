import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { makeCertificates } from '#/testing/certificates.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';
import { reasonOf, validate } from '#/testing/validation.ts';

const caller = { username: 'root', email: 'root@example.com', password: undefined };
const login = { user: 'mailer', password: 'secret-of-mail' };
const keys = (port: number, more: object = {}) => ({
  FEATURE_MAILING: true,
  MAIL_SERVER: '127.0.0.1',
  MAIL_PORT: port,
  MAIL_USE_TLS: false,
  MAIL_DEFAULT_SENDER: 'registry@example.com',
  ...more,
});

describe('mail, with a real SMTP server', () => {
  test('a mail to who asks', async (t) => {
    const sink = await startSmtpSink({ login });
    t.after(() => sink.close());
    const given = keys(sink.port, { MAIL_USERNAME: login.user, MAIL_PASSWORD: login.password });
    assert.deepEqual(await validate('mail', given, { caller }), { reason: undefined, warnings: [] });
    assert.deepEqual(
      sink.mails.map(({ to, from, user }) => ({ to, from, user })),
      [{ to: ['root@example.com'], from: 'registry@example.com', user: login.user }],
    );
  });

  test('without anybody who asks, it connects and logs in only', async (t) => {
    const sink = await startSmtpSink({ login });
    t.after(() => sink.close());
    const given = keys(sink.port, { MAIL_USERNAME: login.user, MAIL_PASSWORD: login.password });
    assert.equal(await reasonOf('mail', given), '');
    assert.equal(sink.mails.length, 0);
    assert.match(
      await reasonOf('mail', { ...given, MAIL_PASSWORD: 'wrong-secret' }),
      /MAIL_PASSWORD is wrong/,
    );
  });

  test('no mail, no server', async () => {
    assert.equal(await reasonOf('mail', { FEATURE_MAILING: false }), '');
    assert.equal(await reasonOf('mail', { FEATURE_MAILING: null }), '', 'on by default, but not asked for');
    assert.match(await reasonOf('mail', { FEATURE_MAILING: true }), /^MAIL_SERVER is missing/);
  });

  test('a password that is wrong, a recipient that is refused, no STARTTLS, nobody there', async (t) => {
    const guarded = await startSmtpSink({ login });
    const refusing = await startSmtpSink({ refuse: true });
    t.after(() => Promise.all([guarded.close(), refusing.close()]));
    const wrong = { MAIL_USERNAME: login.user, MAIL_PASSWORD: 'wrong-secret' };
    for (const [given, expected] of [
      [
        keys(guarded.port, wrong),
        /^127\.0\.0\.1:\d+ does not take mail: MAIL_USERNAME or MAIL_PASSWORD is wrong/,
      ],
      [keys(refusing.port), /refuses sender or recipient, see MAIL_DEFAULT_SENDER/],
      [keys(refusing.port, { MAIL_USE_TLS: true }), /offers no STARTTLS/],
      [keys(1), /nothing listens there|connection failed/],
      [keys(25, { MAIL_SERVER: 'mail.invalid' }), /name is unknown|could not be looked up/],
    ] as const) {
      const reason = await reasonOf('mail', given, { caller });
      assert.match(reason, expected);
      assert.doesNotMatch(reason, /wrong-secret|secret-of-mail/);
    }
  });

  test('a certificate of an unknown authority', needsPrograms('openssl'), async (t) => {
    const { certificate, key } = await makeCertificates('IP:127.0.0.1');
    const tls = { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
    const sink = await startSmtpSink({ tls });
    t.after(() => sink.close());
    const reason = await reasonOf('mail', keys(sink.port, { MAIL_USE_TLS: true }), { caller });
    assert.match(reason, /not signed by a known authority/);
    assert.equal(sink.mails.length, 0);
  });
});
