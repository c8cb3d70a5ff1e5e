import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { checkServiceKeyName } from './check-service-name.ts';
import { lockServiceKey, setExpiration, setNameAndMetadata } from './queries.ts';
import type { ServiceKey } from './service-key.ts';
import { recordServiceKey, type ServiceKeyAudit, unixSeconds } from './service-key-audit.ts';
import { serviceKeyUnknown } from './service-key-unknown.ts';

/**
 * Changes what is given of a key: its friendly name, its metadata, its end (null: for ever). Throws `not_found`, and `invalid_request`
 * for a bad name or an end in the past.
 */
export async function updateServiceKey(
  services: Services,
  input: {
    readonly kid: string;
    readonly name?: string | undefined;
    readonly metadata?: Readonly<Record<string, unknown>> | undefined;
    readonly expiresMs?: number | null | undefined;
    readonly audit: ServiceKeyAudit;
  },
): Promise<ServiceKey> {
  const { kid, audit, expiresMs } = input;
  if (input.name !== undefined) checkServiceKeyName(input.name);
  if (typeof expiresMs === 'number' && expiresMs <= services.clock.nowMs()) {
    throw new DomainError('invalid_request', 'The expiration must lie in the future.');
  }
  const updated = await services.database.transaction(async (db) => {
    const found = await lockServiceKey(db, kid);
    if (found === undefined) throw serviceKeyUnknown();
    let key = found;
    if (expiresMs !== undefined) {
      key = { ...key, expiresMs };
      await setExpiration(db, { service: key.service, kid, expiresMs });
      const more = { old_expiration_date: unixSeconds(found.expiresMs) };
      await recordServiceKey(services, db, 'service_key_extend', { key, audit, more });
    }
    if (input.name !== undefined || input.metadata !== undefined) {
      key = { ...key, name: input.name ?? key.name, metadata: input.metadata ?? key.metadata };
      await setNameAndMetadata(db, key);
      await recordServiceKey(services, db, 'service_key_modify', { key, audit });
    }
    return key;
  });
  services.events.publish({ kind: 'service-keys-changed' });
  return updated;
}
