import type { Db } from '#/db/database.ts';
import { UniqueViolationError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { announceServiceKey } from './announce-service-key.ts';
import { checkServiceKeyName, checkServiceName } from './check-service-name.ts';
import { countWaitingServiceKeys, insertServiceKey } from './queries.ts';
import { removeStaleServiceKeys, type ServiceKeyRetention } from './remove-stale-service-keys.ts';
import type { PublicJwk, ServiceKey, ServiceKeyApproval } from './service-key.ts';
import { recordServiceKey, type ServiceKeyAudit } from './service-key-audit.ts';

interface NewServiceKey {
  readonly kid: string;
  /** `[a-z0-9_]+` */
  readonly service: string;
  readonly jwk: PublicJwk;
  readonly name?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly expiresMs: number | null;
  readonly rotationDurationSeconds?: number | null;
  /** Absent for a key that waits for a superuser. */
  readonly approval?: Omit<ServiceKeyApproval, 'approvedMs'>;
  readonly retention: ServiceKeyRetention;
  /** Absent: no audit row. */
  readonly audit?: ServiceKeyAudit;
}

/** Anybody may hand in keys, so that the number of those that wait has a bound. */
const mostWaitingKeys = 500;

/**
 * Stores a public key, and deletes those of its service whose time is over; superusers are asked about a key without approval. Throws
 * `invalid_request` for a bad name, `already_exists` for a key id in use by any service, and `overloaded` while too many keys wait.
 */
export async function createServiceKey(services: Services, input: NewServiceKey): Promise<ServiceKey> {
  checkServiceName(input.service);
  checkServiceKeyName(input.name ?? '');
  const nowMs = services.clock.nowMs();
  const key: Omit<ServiceKey, 'id'> = {
    kid: input.kid,
    name: input.name ?? '',
    service: input.service,
    jwk: input.jwk,
    metadata: input.metadata ?? {},
    createdMs: nowMs,
    expiresMs: input.expiresMs,
    rotationDurationSeconds: input.rotationDurationSeconds ?? null,
    approval: input.approval && { ...input.approval, approvedMs: nowMs },
  };
  const id = await asKeyExists(() => services.database.transaction((db) => store(services, db, key, input)));
  services.events.publish({ kind: 'service-keys-changed' });
  return { ...key, id };
}

async function store(
  services: Services,
  db: Db,
  key: Omit<ServiceKey, 'id'>,
  { audit, retention }: NewServiceKey,
): Promise<number> {
  await removeStaleServiceKeys(services, db, { service: key.service, retention });
  const id = await insertServiceKey(db, key);
  if (key.approval !== undefined) {
    const more = { preshared: true, auto_approved: true };
    await recordServiceKey(services, db, 'service_key_create', { key, audit, more });
    await recordServiceKey(services, db, 'service_key_approve', { key, audit, more });
    return id;
  }
  if ((await countWaitingServiceKeys(db)) > mostWaitingKeys) {
    throw new DomainError('overloaded', 'Too many service keys wait for approval; try again later.', {
      retryAfterSeconds: 3600,
    });
  }
  await recordServiceKey(services, db, 'service_key_create', { key, audit, more: { preshared: false } });
  await announceServiceKey(services, db, key);
  return id;
}

/** Runs a write that may meet a key id in use; throws DomainError `already_exists` then. */
export async function asKeyExists<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error;
    throw new DomainError('already_exists', 'A service key with this id exists.', { cause: error });
  }
}
