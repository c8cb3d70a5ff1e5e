import type { Reference } from '@wharf/oci';
import { createLookUpMemo } from '#/db/create-look-up-memo.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { findStoredManifest, findTaggedManifest, type StoredManifest } from './queries.ts';
import { findHeldManifests } from './queries-reachability.ts';
import { tagMissing } from './tag-missing.ts';

const taggedManifests = createLookUpMemo<StoredManifest>();

/**
 * The manifest that a reference names now, without its bytes (registry protocol A10.1, A10.2): by an alive visible tag, or by the
 * digest of a manifest that something still holds. Throws `tag_expired` and `manifest_unknown`.
 */
export async function lookUpManifest(
  services: Services,
  repositoryId: number,
  reference: Reference,
): Promise<StoredManifest> {
  const db = services.database.read;
  const nowMs = services.clock.nowMs();
  if ('tag' in reference) {
    const { tag } = reference;
    const tagged = await taggedManifests(services.database, {
      key: `${repositoryId} ${tag}`,
      nowMs,
      async load() {
        const found = await findTaggedManifest(db, repositoryId, tag, nowMs);
        return found && { value: found.manifest, untilMs: found.untilMs };
      },
    });
    if (tagged !== undefined) return tagged;
    throw await tagMissing(db, repositoryId, reference.tag);
  }
  const stored = await findStoredManifest(db, repositoryId, reference.digest);
  if (stored !== undefined) {
    const held = await findHeldManifests(db, [stored.id], { nowMs, windowMs: 0 });
    if (held.has(stored.id)) return stored;
  }
  throw new DomainError('manifest_unknown', `There is no manifest ${reference.digest} in this repository.`, {
    detail: { digest: reference.digest },
  });
}
