import { createHash } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { listSuperuserIds } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { createUserNotification, removeUserNotifications } from '#/domain/user-notifications/index.ts';
import type { ServiceKey } from './service-key.ts';
import { unixSeconds } from './service-key-audit.ts';

/** Kids up to this length stand as they are in the path of their notifications; longer ones by their digest. */
const longestPlainKid = 200;

/** Asks every superuser to approve a key, in the transaction that stores it. */
export async function announceServiceKey(
  services: Services,
  db: Db,
  key: Omit<ServiceKey, 'id'>,
): Promise<void> {
  const { settings } = services;
  if (!settings.featureSuperUsers) return;
  await createUserNotification(services, db, {
    accountIds: await listSuperuserIds(db, settings.superUsers),
    kind: 'service_key_submitted',
    lookupPath: lookupPathOf(key.kid),
    metadata: {
      name: key.name,
      kid: key.kid,
      service: key.service,
      jwk: key.jwk,
      metadata: key.metadata,
      created_date: unixSeconds(key.createdMs),
      ...(key.expiresMs === null ? {} : { expiration_date: unixSeconds(key.expiresMs) }),
    },
  });
}

/** Nobody needs to decide about the key any more. */
export async function withdrawServiceKey(db: Db, kid: string): Promise<void> {
  await removeUserNotifications(db, lookupPathOf(kid));
}

function lookupPathOf(kid: string): string {
  const name = kid.length <= longestPlainKid ? kid : createHash('sha256').update(kid).digest('hex');
  return `/service_key_approval/${name}`;
}
