import type { Services } from '#/domain/services.ts';
import { removeServiceKey } from './queries.ts';
import { serviceKeyUnknown } from './service-key-unknown.ts';

/** Takes a key out of use for good: tokens that it signed stop at once. Throws `not_found`. */
export async function deleteServiceKey(
  services: Services,
  input: { readonly service: string; readonly kid: string },
): Promise<void> {
  const removed = await services.database.transaction((db) => removeServiceKey(db, input));
  if (!removed) throw serviceKeyUnknown();
  services.events.publish({ kind: 'service-keys-changed' });
}
