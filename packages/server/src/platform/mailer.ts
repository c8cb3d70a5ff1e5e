import type { Logger } from '#/platform/logger.ts';

/** One message to one address; `text` is the same for readers that show no HTML. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Mailer {
  /** Resolves once the server took the message; throws MailNotSentError. */
  send(mail: Mail): Promise<void>;
}

/** How mail leaves: the `MAIL_*` keys. */
export interface MailerSettings {
  readonly server: string;
  readonly port: number;
  /** Ask for STARTTLS and refuse to go on without it; port 465 speaks TLS from the first byte. */
  readonly useTls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Address of the From line, also in the form `Name <address>`. */
  readonly sender: string;
  /** Failures are only logged. */
  readonly failSilently: boolean;
}

/** The server did not take a message; `cause` says why. */
export class MailNotSentError extends Error {
  constructor(cause: unknown) {
    super('the mail server did not take the message', { cause });
    this.name = 'MailNotSentError';
  }
}

const implicitTlsPort = 465;
const connectLimitMs = 10_000;
const idleLimitMs = 30_000;

/** A connection of its own per message; certificates of the server are verified. */
async function openTransport(settings: MailerSettings) {
  // Registries without mail never load the library.
  const { createTransport } = await import('nodemailer');
  const isImplicit = settings.port === implicitTlsPort;
  return createTransport({
    host: settings.server,
    port: settings.port,
    secure: isImplicit,
    requireTLS: settings.useTls && !isImplicit,
    ignoreTLS: !settings.useTls && !isImplicit,
    ...(settings.username ? { auth: { user: settings.username, pass: settings.password ?? '' } } : {}),
    connectionTimeout: connectLimitMs,
    greetingTimeout: connectLimitMs,
    socketTimeout: idleLimitMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Connects, encrypts and logs in as a message would, and sends none; throws MailNotSentError. */
export async function checkMailServer(settings: MailerSettings): Promise<void> {
  const transport = await openTransport(settings);
  try {
    await transport.verify();
  } catch (cause) {
    throw new MailNotSentError(cause);
  } finally {
    transport.close();
  }
}

/** Sends by SMTP. */
export function createMailer(settings: MailerSettings, logger: Logger): Mailer {
  let transport: ReturnType<typeof openTransport> | undefined;
  return {
    async send({ to, subject, text, html }) {
      try {
        transport ??= openTransport(settings);
        // An address as an object is one address, whatever commas it holds.
        const recipient = { name: '', address: to };
        await (await transport).sendMail({ from: settings.sender, to: recipient, subject, text, html });
      } catch (cause) {
        if (!settings.failSilently) throw new MailNotSentError(cause);
        logger.warn({ err: cause }, 'mail could not be sent');
      }
    },
  };
}
