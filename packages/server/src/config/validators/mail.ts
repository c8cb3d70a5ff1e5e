import { checkMailServer, createMailer, type MailerSettings } from '#/platform/mailer.ts';
import { defineValidator } from './define-validator.ts';
import { describeConnectionFault } from './describe-connection-fault.ts';
import { reasonOf } from './reason-of.ts';

/** Sends a mail to who asks, through the server as it is given; without an address only connects and logs in. */
export const mailValidator = defineValidator({
  service: 'mail',
  timeLimitMs: 30_000,
  // The feature is on by default, and without a server no mail is sent: only who asks for it misses something.
  runsWhen: ({ access, given, mail }) =>
    access.featureMailing && (mail.server !== '' || given.FEATURE_MAILING === true),
  async check({ caller, configuration, logger }) {
    const { interface: ui, mail } = configuration;
    if (mail.server === '')
      return 'MAIL_SERVER is missing: without one no mail is sent; or turn FEATURE_MAILING off.';
    const settings: MailerSettings = { ...mail, failSilently: false };
    const place = `${mail.server}:${mail.port}`;
    try {
      const to = caller?.email;
      if (to === undefined || to === null) await checkMailServer(settings);
      else await createMailer(settings, logger).send({ to, ...testMail(ui.registryTitle) });
      return undefined;
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      return `${place} does not take mail: ${describeMailFault(cause)}`;
    }
  },
});

function testMail(title: string) {
  const subject = `Test mail of ${title}`;
  const text = `This mail shows that ${title} can send mail. There is nothing to do.`;
  return { subject, text, html: `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>` };
}

/** By the code of the library; its texts hold what the server said, never the password. */
function describeMailFault(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const said = reasonOf(error);
  if (code === 'EAUTH') return `MAIL_USERNAME or MAIL_PASSWORD is wrong (${said}).`;
  if (code === 'EENVELOPE') return `it refuses sender or recipient, see MAIL_DEFAULT_SENDER (${said}).`;
  if (/STARTTLS/i.test(said))
    return 'it offers no STARTTLS: set MAIL_USE_TLS to false only for a server of your own network.';
  const plain = describeConnectionFault(error);
  return plain === undefined ? said : `${plain} (${said}).`;
}
