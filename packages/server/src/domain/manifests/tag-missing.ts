import type { TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { isTagRemembered } from './queries.ts';

/** Clients take any other code than MANIFEST_UNKNOWN for a missing signature as a failure of the pull (H-30). */
const attachmentTag = /^[a-z0-9]+-[0-9a-f]{32,}(\..+)?$/;

/** Why a name has no alive tag: `tag_expired`, with the text that Quay's clients look for, if the history knows it, else `manifest_unknown`. */
export async function tagMissing(db: Db, repositoryId: number, tag: TagName): Promise<DomainError> {
  const options = { detail: { tag } };
  if (!(await isTagRemembered(db, repositoryId, tag))) {
    return new DomainError('manifest_unknown', `There is no tag ${tag} in this repository.`, options);
  }
  return new DomainError(
    attachmentTag.test(tag) ? 'manifest_unknown' : 'tag_expired',
    `Tag ${tag} was deleted or has expired. To pull, revive via time machine`,
    options,
  );
}
