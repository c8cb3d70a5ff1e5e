import { z } from 'zod';
import type { Db } from '#/db/database.ts';
import { putOutboxEvent } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';

/** Of the outbox, for mails about accounts. */
export const mailTopic = 'account-mail';

/** Where links of mails lead, and what the registry calls itself. */
export interface MailContext {
  /** Scheme and host without a trailing slash. */
  readonly baseUrl: string;
  readonly registryTitle: string;
}

const outgoingSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mail'),
    to: z.string(),
    subject: z.string(),
    text: z.string(),
    url: z.string(),
  }),
  z.object({
    kind: z.literal('recovery'),
    email: z.string(),
    baseUrl: z.string(),
    registryTitle: z.string(),
  }),
]);

/** A mail that is ready, or an address whose recovery was asked for. */
export type OutgoingMail = z.infer<typeof outgoingSchema>;

/** Lets a mail go out once the transaction is committed; `path` is that of its link. */
export async function putAccountMail(
  services: Services,
  db: Db,
  context: MailContext,
  mail: { readonly to: string; readonly subject: string; readonly text: string; readonly path: string },
): Promise<void> {
  await putOutgoing(services, db, {
    kind: 'mail',
    to: mail.to,
    subject: `${context.registryTitle}: ${mail.subject}`,
    text: mail.text,
    url: `${context.baseUrl}${mail.path}`,
  });
}

/** Writes down what is to be done, sealed: who reads the database finds no link that signs in. */
export async function putOutgoing(services: Services, db: Db, outgoing: OutgoingMail): Promise<void> {
  await putOutboxEvent(db, {
    topic: mailTopic,
    body: services.secretBox.encrypt(JSON.stringify(outgoing)),
    nowMs: services.clock.nowMs(),
  });
}

/** What putOutgoing wrote down. */
export function readOutgoing({ secretBox }: Services, body: string): OutgoingMail {
  const sealed = z.string().parse(JSON.parse(body));
  return outgoingSchema.parse(JSON.parse(secretBox.decrypt(sealed)));
}
