import type { Services } from '#/domain/services.ts';
import { withdrawServiceKey } from './announce-service-key.ts';
import { findServiceKeyById, setApproval } from './queries.ts';
import type { ServiceKeyApproval } from './service-key.ts';
import { recordServiceKey, type ServiceKeyAudit } from './service-key-audit.ts';
import { serviceKeyUnknown } from './service-key-unknown.ts';

/** Puts a waiting key into use; approving it again changes nothing. Throws `not_found`. */
export async function approveServiceKey(
  services: Services,
  input: {
    readonly kid: string;
    readonly approval: Omit<ServiceKeyApproval, 'approvedMs'>;
    /** Absent: no audit row. */
    readonly audit?: ServiceKeyAudit;
  },
): Promise<void> {
  const { kid, audit } = input;
  const approval = { ...input.approval, approvedMs: services.clock.nowMs() };
  await services.database.transaction(async (db) => {
    const approved = await setApproval(db, { kid, approval });
    const key = await findServiceKeyById(db, kid);
    if (key === undefined) throw serviceKeyUnknown();
    if (!approved) return;
    await withdrawServiceKey(db, kid);
    await recordServiceKey(services, db, 'service_key_approve', { key, audit });
  });
  services.events.publish({ kind: 'service-keys-changed' });
}
