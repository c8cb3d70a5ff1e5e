import type { Services } from '#/domain/services.ts';
import { withdrawServiceKey } from './announce-service-key.ts';
import { asKeyExists } from './create-service-key.ts';
import { deleteServiceKeyRow, insertServiceKey, lockServiceKey } from './queries.ts';
import { removeStaleServiceKeys, type ServiceKeyRetention } from './remove-stale-service-keys.ts';
import { isServiceKeyActive, type PublicJwk, type ServiceKey } from './service-key.ts';
import { recordServiceKey, type ServiceKeyAudit } from './service-key-audit.ts';
import { serviceKeyUnknown } from './service-key-unknown.ts';

/**
 * Puts a new key in the place of an active one of the same service, at once: it takes over name, metadata, rotation and approval, and
 * the old one is gone (registry-services reference E3). Throws `not_found` when the old key is no longer active, and `already_exists`.
 */
export async function rotateServiceKey(
  services: Services,
  input: {
    readonly service: string;
    /** Id of the key that signed the request. */
    readonly signerKid: string;
    readonly kid: string;
    readonly jwk: PublicJwk;
    readonly expiresMs: number | null;
    /** Added to the metadata of the old key. */
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly retention: ServiceKeyRetention;
    readonly audit: ServiceKeyAudit;
  },
): Promise<void> {
  const { service, signerKid, retention, audit } = input;
  await asKeyExists(() =>
    services.database.transaction(async (db) => {
      const old = await lockServiceKey(db, signerKid);
      const nowMs = services.clock.nowMs();
      if (old === undefined || old.service !== service || !isServiceKeyActive(old, nowMs)) {
        throw serviceKeyUnknown();
      }
      const key: Omit<ServiceKey, 'id'> = {
        kid: input.kid,
        name: old.name,
        service,
        jwk: input.jwk,
        metadata: { ...old.metadata, ...input.metadata },
        createdMs: nowMs,
        expiresMs: input.expiresMs,
        rotationDurationSeconds: old.rotationDurationSeconds,
        approval: old.approval,
      };
      await insertServiceKey(db, key);
      await deleteServiceKeyRow(db, old.id);
      await withdrawServiceKey(db, old.kid);
      await recordServiceKey(services, db, 'service_key_rotate', {
        key,
        audit,
        more: { signer_kid: signerKid },
      });
      await removeStaleServiceKeys(services, db, { service, retention });
    }),
  );
  services.events.publish({ kind: 'service-keys-changed' });
}
