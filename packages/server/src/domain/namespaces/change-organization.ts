import { DomainError } from '#/domain/errors.ts';
import { type LogKind, type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { refuseEmailOfPerson } from './change-email.ts';
import { checkEmail } from './check-email.ts';
import { getAccount, lockOrganization, updateAccount } from './queries.ts';

export interface OrganizationChanges {
  /** null takes it away. */
  readonly email?: string | null | undefined;
  readonly invoiceEmail?: boolean | undefined;
  readonly invoiceEmailAddress?: string | null | undefined;
  readonly tagExpirationSeconds?: number | undefined;
}

/**
 * Changes what is given. Throws DomainError `not_found`, `invalid_request` (an address that is none, a tag expiration that is not offered),
 * `already_exists` (the address of a person without `FEATURE_ORG_SHARED_EMAIL`).
 */
export async function changeOrganization(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly changes: OrganizationChanges;
    /** `TAG_EXPIRATION_OPTIONS` */
    readonly tagExpirationOptionSeconds: readonly number[];
    readonly performer?: Performer;
  },
): Promise<Account> {
  const { organizationId, changes } = input;
  const { email, invoiceEmail, invoiceEmailAddress, tagExpirationSeconds } = changes;
  if (typeof email === 'string') checkEmail(email);
  if (typeof invoiceEmailAddress === 'string') checkEmail(invoiceEmailAddress);
  if (
    tagExpirationSeconds !== undefined &&
    !input.tagExpirationOptionSeconds.includes(tagExpirationSeconds)
  ) {
    throw new DomainError(
      'invalid_request',
      `The tag expiration must be one of ${input.tagExpirationOptionSeconds.join(', ')} seconds.`,
    );
  }
  return services.database.transaction(async (db) => {
    const before = await lockOrganization(db, organizationId);
    const change = async (
      kind: LogKind,
      values: Parameters<typeof updateAccount>[2],
      metadata: Readonly<Record<string, unknown>>,
    ) => {
      await updateAccount(db, organizationId, values);
      await writeChangeLog(services, db, {
        kind,
        accountId: organizationId,
        performer: input.performer,
        metadata: { ...metadata, namespace: before.name },
      });
    };
    if (email !== undefined && email !== before.email) {
      if (email !== null) await refuseEmailOfPerson(services, db, email);
      await change('org_change_email', { email }, { email, old_email: before.email });
    }
    if (invoiceEmail !== undefined && invoiceEmail !== before.invoiceEmail) {
      await change(
        'org_change_invoicing',
        { invoice_email: invoiceEmail ? 1 : 0 },
        { invoice_email: invoiceEmail },
      );
    }
    if (invoiceEmailAddress !== undefined && invoiceEmailAddress !== before.invoiceEmailAddress) {
      await change(
        'org_change_invoicing',
        { invoice_email_address: invoiceEmailAddress },
        { invoice_email_address: invoiceEmailAddress },
      );
    }
    if (tagExpirationSeconds !== undefined && tagExpirationSeconds !== before.tagExpirationSeconds) {
      await change(
        'org_change_tag_expiration',
        { tag_expiration_s: tagExpirationSeconds },
        { tag_expiration: tagExpirationSeconds },
      );
    }
    return getAccount(db, organizationId);
  });
}
