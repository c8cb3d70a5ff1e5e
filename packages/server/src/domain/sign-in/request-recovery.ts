import { type Account, findAccountByEmail, listOrganizationsByEmail } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { requireMailer } from './mails.ts';
import { type MailContext, putOutgoing } from './outgoing-mail.ts';

/** No account has a longer address. */
const longestEmail = 255;

/**
 * Asks for the recovery of whatever has this address. The same reads and the same write happen whether there is anybody or not; who gets a
 * mail is found out when it is sent. Returns the organization of the address if no person has it. Throws DomainError `invalid_request`
 * where no mail can be sent.
 */
export async function requestRecovery(
  services: Services,
  context: MailContext,
  email: string,
): Promise<Account | undefined> {
  requireMailer(services);
  if (email.length > longestEmail) return undefined;
  const { read } = services.database;
  const person = await findAccountByEmail(read, email);
  const [organization] = await listOrganizationsByEmail(read, email, 1);
  await services.database.transaction((db) =>
    putOutgoing(services, db, { kind: 'recovery', email, ...context }),
  );
  return person === undefined ? organization : undefined;
}
