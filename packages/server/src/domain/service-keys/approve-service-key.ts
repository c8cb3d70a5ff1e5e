import type { Services } from '#/domain/services.ts';
import { findServiceKey, setApproval } from './queries.ts';
import type { ServiceKeyApproval } from './service-key.ts';
import { serviceKeyUnknown } from './service-key-unknown.ts';

/** Puts a waiting key into use; approving it again changes nothing. Throws `not_found`. */
export async function approveServiceKey(
  services: Services,
  input: {
    readonly service: string;
    readonly kid: string;
    readonly approval: Omit<ServiceKeyApproval, 'approvedMs'>;
  },
): Promise<void> {
  const approval = { ...input.approval, approvedMs: services.clock.nowMs() };
  await services.database.transaction(async (db) => {
    if (await setApproval(db, { ...input, approval })) return;
    if ((await findServiceKey(db, input)) === undefined) throw serviceKeyUnknown();
  });
  services.events.publish({ kind: 'service-keys-changed' });
}
