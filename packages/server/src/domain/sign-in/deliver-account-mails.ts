import { drainOutbox } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { escapeHtml } from '#/platform/escape-html.ts';
import { mailTopic, readOutgoing } from './outgoing-mail.ts';
import { sendRecoveryMails } from './send-recovery-mails.ts';

/** Mails that are handed over at once: one that the server is slow with does not hold up all others. */
const atOnce = 4;
const attempts = 5;
const firstDelayMs = 10_000;

export type MailResult = 'delivered' | 'failed';

/**
 * Hands the mails about accounts that wait to the mail server; any number of nodes may do so at once. What failed is tried again after ten
 * seconds and then ever more rarely, five times in all. `onResult` hears of each attempt.
 */
export async function deliverAccountMails(
  services: Services,
  options: { readonly signal?: AbortSignal; readonly onResult?: (result: MailResult) => void } = {},
): Promise<void> {
  const { signal, onResult } = options;
  const drain = (): Promise<number> =>
    drainOutbox(
      services,
      { topic: mailTopic, attempts, firstDelayMs, ...(signal === undefined ? {} : { signal }) },
      ({ body }) => deliver(services, body, onResult),
    );
  await Promise.all(Array.from({ length: atOnce }, drain));
}

async function deliver(
  services: Services,
  body: string,
  onResult: (result: MailResult) => void = () => undefined,
): Promise<void> {
  const outgoing = readOutgoing(services, body);
  if (outgoing.kind === 'recovery') {
    const { baseUrl, registryTitle, email } = outgoing;
    await sendRecoveryMails(services, { baseUrl, registryTitle }, email);
    return;
  }
  const { to, subject, text, url } = outgoing;
  try {
    if (services.mailer === undefined) throw new Error('this registry sends no mail (MAIL_SERVER)');
    await services.mailer.send({
      to,
      subject,
      text: `${text}\n\n${url}\n`,
      html: `<p>${escapeHtml(text)}</p><p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`,
    });
  } catch (error) {
    onResult('failed');
    throw error;
  }
  onResult('delivered');
}
