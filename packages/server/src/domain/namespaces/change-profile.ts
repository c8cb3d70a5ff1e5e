import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { checkEmail } from './check-email.ts';
import { getAccount, updateAccount } from './queries.ts';

/** What people may change of their own account beside name, e-mail address and password. */
export interface ProfileChange {
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly company?: string | null | undefined;
  readonly location?: string | null | undefined;
  readonly invoiceEmail?: boolean | undefined;
  readonly invoiceEmailAddress?: string | null | undefined;
  readonly tagExpirationSeconds?: number | undefined;
}

const longestText = 255;

/** Changes what is given of a person's account, inside the caller's transaction. Throws DomainError `invalid_request`, `not_found`. */
export async function storeProfile(
  services: Services,
  db: Db,
  input: {
    readonly accountId: number;
    readonly change: ProfileChange;
    readonly performer: Performer | undefined;
  },
): Promise<void> {
  const { change, performer } = input;
  const names = {
    given_name: change.givenName,
    family_name: change.familyName,
    company: change.company,
    location: change.location,
  };
  for (const [name, text] of Object.entries(names)) {
    if (typeof text === 'string' && text.length > longestText) {
      throw new DomainError('invalid_request', `${name} must have at most ${longestText} characters.`);
    }
  }
  if (typeof change.invoiceEmailAddress === 'string') checkEmail(change.invoiceEmailAddress);
  const texts = Object.fromEntries(Object.entries(names).filter(([, text]) => text !== undefined));
  const account = await getAccount(db, input.accountId);
  const write = (
    kind: 'user_change_metadata' | 'user_change_invoicing' | 'user_change_tag_expiration',
    metadata: Readonly<Record<string, unknown>>,
  ) => writeChangeLog(services, db, { kind, accountId: account.id, performer, metadata });
  if (Object.keys(texts).length > 0) {
    await updateAccount(db, account.id, texts);
    await write('user_change_metadata', texts);
  }
  if (change.invoiceEmail !== undefined) {
    await updateAccount(db, account.id, { invoice_email: change.invoiceEmail ? 1 : 0 });
    await write('user_change_invoicing', { invoice_email: change.invoiceEmail });
  }
  if (change.invoiceEmailAddress !== undefined) {
    await updateAccount(db, account.id, { invoice_email_address: change.invoiceEmailAddress });
    await write('user_change_invoicing', { invoice_email_address: change.invoiceEmailAddress });
  }
  if (change.tagExpirationSeconds !== undefined) {
    await updateAccount(db, account.id, { tag_expiration_s: change.tagExpirationSeconds });
    await write('user_change_tag_expiration', { tag_expiration: change.tagExpirationSeconds });
  }
}
