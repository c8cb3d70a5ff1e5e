import { UniqueViolationError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { insertServiceKey, removeStaleServiceKeys } from './queries.ts';
import type { PublicJwk, ServiceKey, ServiceKeyApproval } from './service-key.ts';

/** How long keys stay that are no longer of use, or not yet. */
interface ServiceKeyRetention {
  readonly unapprovedKeyLifeSeconds: number;
  readonly expiredKeyLifeSeconds: number;
}

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
}

/**
 * Stores a public key, and deletes those of its service whose time is over. Throws `invalid_request` for a bad service name and
 * `already_exists` for a key id in use by any service.
 */
export async function createServiceKey(services: Services, input: NewServiceKey): Promise<ServiceKey> {
  if (!/^[a-z0-9_]{1,255}$/.test(input.service)) {
    throw new DomainError(
      'invalid_request',
      'A service name must have lower-case letters, digits and "_" only.',
    );
  }
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
  const id = await store(services, key, input.retention).catch((error: unknown) => {
    if (!(error instanceof UniqueViolationError)) throw error;
    throw new DomainError('already_exists', 'A service key with this id exists.', { cause: error });
  });
  services.events.publish({ kind: 'service-keys-changed' });
  return { ...key, id };
}

function store(
  services: Services,
  key: Omit<ServiceKey, 'id'>,
  retention: ServiceKeyRetention,
): Promise<number> {
  return services.database.transaction(async (db) => {
    await removeStaleServiceKeys(db, {
      service: key.service,
      nowMs: key.createdMs,
      expiredBeforeMs: key.createdMs - retention.expiredKeyLifeSeconds * 1000,
      unapprovedBeforeMs: key.createdMs - retention.unapprovedKeyLifeSeconds * 1000,
    });
    return insertServiceKey(db, key);
  });
}
