import { randomUUID } from 'node:crypto';
import type { DigestAlgorithm } from '@wharf/oci';
import { fromStore, getLocationId } from '#/domain/blobs/index.ts';
import { asNameUnknown } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { notifyObservers } from './observe-uploads.ts';
import { insertUpload } from './queries.ts';
import type { Upload } from './upload.ts';

/** Opens an upload in the preferred location (registry protocol, POST). Throws `storage_unavailable`, `name_unknown`. */
export async function startUpload(
  services: Services,
  input: { readonly repositoryId: number; readonly algorithm?: DigestAlgorithm },
): Promise<Upload> {
  const { database, storage, clock } = services;
  const { repositoryId, algorithm = 'sha256' } = input;
  const uuid = randomUUID();
  const { name, driver } = storage.preferred;
  const locationId = await getLocationId(services, name);
  const state = await fromStore(() => driver.startUpload(uuid));
  await asNameUnknown(services, repositoryId, () =>
    database.transaction(
      (db) =>
        insertUpload(db, {
          uuid,
          repositoryId,
          locationId,
          algorithm,
          store: { id: uuid, state },
          nowMs: clock.nowMs(),
        }),
      // A client whose session a power failure forgot starts another one.
      { durability: 'relaxed' },
    ),
  );
  notifyObservers((observer) => observer.started?.());
  return { uuid, repositoryId, sizeBytes: 0, algorithm };
}
