import { randomUUID } from 'node:crypto';
import type { AccountKind, NewRow } from '#/db/schema.ts';
import type { Services } from '#/domain/services.ts';

/** The row of a new account: enabled, without password, e-mail and owner unless given. */
export function newAccountRow(
  services: Services,
  given: { kind: AccountKind; name: string } & Partial<NewRow<'accounts'>>,
): NewRow<'accounts'> {
  const nowMs = services.clock.nowMs();
  return {
    uuid: randomUUID(),
    email: null,
    password_hash: null,
    owner_id: null,
    enabled: 1,
    verified: 1,
    superuser: 0,
    given_name: null,
    family_name: null,
    company: null,
    location: null,
    invoice_email: 0,
    invoice_email_address: null,
    invalid_login_attempts: 0,
    last_invalid_login_ms: null,
    tag_expiration_s: services.settings.defaultTagExpirationSeconds,
    maximum_queued_builds: null,
    created_ms: nowMs,
    last_accessed_ms: null,
    sessions_valid_from_ms: nowMs,
    ...given,
  };
}
