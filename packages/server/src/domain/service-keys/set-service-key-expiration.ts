import type { Services } from '#/domain/services.ts';
import { findServiceKey, setExpiration } from './queries.ts';
import { serviceKeyUnknown } from './service-key-unknown.ts';

/** Extends, shortens or ends the life of a key; null means for ever. Throws `not_found`. */
export async function setServiceKeyExpiration(
  services: Services,
  input: { readonly service: string; readonly kid: string; readonly expiresMs: number | null },
): Promise<void> {
  await services.database.transaction(async (db) => {
    if ((await findServiceKey(db, input)) === undefined) throw serviceKeyUnknown();
    await setExpiration(db, input);
  });
  services.events.publish({ kind: 'service-keys-changed' });
}
