import type { Services } from '#/domain/services.ts';
import { withdrawServiceKey } from './announce-service-key.ts';
import { deleteServiceKeyRow, lockServiceKey } from './queries.ts';
import { removeStaleServiceKeys, type ServiceKeyRetention } from './remove-stale-service-keys.ts';
import type { ServiceKey } from './service-key.ts';
import { recordServiceKey, type ServiceKeyAudit } from './service-key-audit.ts';
import { serviceKeyUnknown } from './service-key-unknown.ts';

/**
 * Takes a key out of use for good: tokens that it signed stop at once. With `service` it must be of that one. `more` adds to the audit
 * row what depends on the key. Throws `not_found`.
 */
export async function deleteServiceKey(
  services: Services,
  input: {
    readonly kid: string;
    readonly service?: string;
    readonly retention?: ServiceKeyRetention;
    /** Absent: no audit row. */
    readonly audit?: ServiceKeyAudit;
    readonly more?: (key: ServiceKey) => Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { audit, retention } = input;
  await services.database.transaction(async (db) => {
    const key = await lockServiceKey(db, input.kid);
    if (key === undefined || (input.service ?? key.service) !== key.service) throw serviceKeyUnknown();
    await deleteServiceKeyRow(db, key.id);
    await withdrawServiceKey(db, key.kid);
    await recordServiceKey(services, db, 'service_key_delete', {
      key,
      audit,
      more: input.more?.(key) ?? {},
    });
    if (retention !== undefined) {
      await removeStaleServiceKeys(services, db, { service: key.service, retention });
    }
  });
  services.events.publish({ kind: 'service-keys-changed' });
}
