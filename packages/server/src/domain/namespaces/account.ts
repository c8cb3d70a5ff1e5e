import type { AccountKind, Row } from '#/db/schema.ts';

/** A person, an organization or a robot; robots are called `namespace+short`. */
export interface Account {
  readonly id: number;
  readonly uuid: string;
  readonly kind: AccountKind;
  readonly name: string;
  readonly email: string | null;
  /** bcrypt; null for robots, organizations and people of an external directory. */
  readonly passwordHash: string | null;
  /** Of a robot: the user or organization that owns it. */
  readonly ownerId: number | null;
  readonly enabled: boolean;
  readonly verified: boolean;
  /** Superuser by database; ask `isSuperuserAccount` for the whole answer. */
  readonly superuser: boolean;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly company: string | null;
  readonly location: string | null;
  readonly invoiceEmail: boolean;
  readonly invoiceEmailAddress: string | null;
  readonly invalidLoginAttempts: number;
  readonly lastInvalidLoginMs: number | null;
  readonly tagExpirationSeconds: number;
  readonly maximumQueuedBuilds: number | null;
  readonly createdMs: number;
  readonly lastAccessedMs: number | null;
  readonly sessionsValidFromMs: number;
}

export function accountFromRow(row: Row<'accounts'>): Account {
  return {
    id: row.id,
    uuid: row.uuid,
    kind: row.kind,
    name: row.name,
    email: row.email,
    passwordHash: row.password_hash,
    ownerId: row.owner_id,
    enabled: row.enabled === 1,
    verified: row.verified === 1,
    superuser: row.superuser === 1,
    givenName: row.given_name,
    familyName: row.family_name,
    company: row.company,
    location: row.location,
    invoiceEmail: row.invoice_email === 1,
    invoiceEmailAddress: row.invoice_email_address,
    invalidLoginAttempts: row.invalid_login_attempts,
    lastInvalidLoginMs: row.last_invalid_login_ms,
    tagExpirationSeconds: row.tag_expiration_s,
    maximumQueuedBuilds: row.maximum_queued_builds,
    createdMs: row.created_ms,
    lastAccessedMs: row.last_accessed_ms,
    sessionsValidFromMs: row.sessions_valid_from_ms,
  };
}
