import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A message as the sink received it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came over the wire. */
  readonly source: string;
  /** User of the log-in, if there was one. */
  readonly user: string | undefined;
  readonly secure: boolean;
}

export interface SmtpSink {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  close(): Promise<void>;
}

/** A real SMTP server on loopback that keeps what it is sent; `refuse` answers every recipient with 550. */
export async function startSmtpSink(
  options: {
    readonly login?: { readonly user: string; readonly password: string };
    readonly tls?: { readonly key: string; readonly cert: string };
    readonly refuse?: boolean;
  } = {},
): Promise<SmtpSink> {
  const mails: ReceivedMail[] = [];
  const { login, tls } = options;
  const server = new SMTPServer({
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    disabledCommands: [...(tls === undefined ? ['STARTTLS'] : []), ...(login === undefined ? ['AUTH'] : [])],
    ...(tls ?? {}),
    onAuth({ username, password }, _session, callback) {
      if (username === login?.user && password === login?.password) callback(null, { user: username });
      else callback(new Error('wrong user or password'));
    },
    onRcptTo(_address, _session, callback) {
      if (options.refuse === true)
        callback(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      else callback();
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString('utf8'),
          user: typeof session.user === 'string' ? session.user : undefined,
          secure: session.secure,
        });
        callback();
      });
    },
  });
  // A client that gives up in the middle of TLS is not the sink's failure.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The decoded parts of a message by content type, as nodemailer makes them. */
export function mailParts(source: string): { readonly text: string; readonly html: string } {
  const part = (type: string): string => {
    const found = new RegExp(
      `Content-Type: ${type};[^]*?Content-Transfer-Encoding: (\\S+)\\r\\n(?:[^\\r\\n]+\\r\\n)*\\r\\n([^]*?)(?:\\r\\n--|$)`,
      'i',
    ).exec(source);
    const [, encoding = '7bit', body = ''] = found ?? [];
    if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
    return encoding === 'quoted-printable' ? fromQuotedPrintable(body) : body;
  };
  return { text: part('text/plain'), html: part('text/html') };
}

function fromQuotedPrintable(body: string): string {
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
