import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '#/config/load-configuration.ts';
import { silentLogger } from '#/platform/logger.ts';
import type { Mailer } from '#/platform/mailer.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';
import { openServices } from './open-services.ts';

test('mail leaves by the server that the configuration names now', async (t) => {
  const dataDirectory = scratchDirectory();
  const configDirectory = await writeTestConfiguration(dataDirectory, {});
  const opened = await openServices({ dataDirectory, configDirectory }, { logger: silentLogger() });
  t.after(() => opened.close());
  assert.equal(opened.services.mailer, undefined);
  const sink = await startSmtpSink();
  t.after(() => sink.close());
  await writeTestConfiguration(dataDirectory, {
    FEATURE_MAILING: true,
    MAIL_SERVER: '127.0.0.1',
    MAIL_PORT: sink.port,
    MAIL_USE_TLS: false,
  });
  const { configuration } = await loadConfiguration({ dataDirectory, directory: configDirectory, env: {} });
  await opened.live.replace(configuration);
  const { mailer } = opened.services as { readonly mailer?: Mailer };
  assert.ok(mailer !== undefined);
  await mailer.send({ to: 'a@example.com', subject: 'Now', text: 'x', html: 'x' });
  assert.equal(sink.mails.length, 1);
  assert.equal(opened.services.settings.featureMailing, true);
});
