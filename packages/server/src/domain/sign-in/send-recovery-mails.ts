import {
  type Account,
  findAccountByEmail,
  listAdministrators,
  listOrganizationsByEmail,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { createEmailCode } from './email-codes.ts';
import { sendRecoveryMail } from './mails.ts';
import { type MailContext, putAccountMail } from './outgoing-mail.ts';

/** Organizations of one address, and administrators of one organization, that get a mail. */
const mostOrganizations = 20;
const mostAdministrators = 20;

/** Lets the mails go out that a request for recovery of this address deserves: none for an address that nobody has. */
export async function sendRecoveryMails(
  services: Services,
  context: MailContext,
  email: string,
): Promise<void> {
  const { read } = services.database;
  const person = await findAccountByEmail(read, email);
  const organizations = await listOrganizationsByEmail(read, email, mostOrganizations);
  if (person !== undefined) {
    if (person.enabled) await sendRecoveryMail(services, context, person, organizations);
    return;
  }
  for (const organization of organizations) await tellAdministrators(services, context, organization);
}

/**
 * Tells the administrators of an organization, whose address was given for recovery, that its members sign in with their own accounts;
 * nothing when that was done a moment ago.
 */
async function tellAdministrators(
  services: Services,
  context: MailContext,
  organization: Pick<Account, 'id' | 'name' | 'email'>,
): Promise<void> {
  const { id: accountId, name: organizationName, email } = organization;
  if (email === null) return;
  const administrators = await listAdministrators(services.database.read, accountId);
  const told = administrators.slice(0, mostAdministrators);
  const names = told.map(({ name }) => name).join(', ');
  await services.database.transaction(async (db) => {
    // Nobody learns this code: what counts is when it was made.
    const code = await createEmailCode(services, db, { accountId, kind: 'recovery', email });
    if (code === undefined) return;
    for (const administrator of told) {
      if (administrator.email === null || !administrator.enabled) continue;
      await putAccountMail(services, db, context, {
        to: administrator.email,
        subject: `Recovery of the organization ${organizationName}`,
        text: `Somebody asked to recover "${organizationName}". It is an organization: its administrators sign in with their own accounts (${names}).`,
        path: '/',
      });
    }
  });
}
