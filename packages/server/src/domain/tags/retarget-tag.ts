import type { TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { findCurrentTag, findLatestTag, insertTag, setCurrentTag, setTagEnd } from './queries.ts';
import { tagImmutable } from './tag-immutable.ts';

export interface RetargetInput {
  readonly repositoryId: number;
  readonly name: TagName;
  readonly manifestId: number;
  readonly nowMs: number;
  /** Counted from the start of the new row; undefined for ever. */
  readonly lifetimeSeconds: number | undefined;
  /** The name is given back what it meant once. */
  readonly isReversion?: boolean;
}

/**
 * Points a name at a manifest inside the transaction `db`, in which the repository's row must be locked: the alive row ends at the
 * very instant at which the new one starts, and no two rows of a name start together even if the clock stands still or goes back
 * (registry protocol A13). Throws `tag_immutable`, except for a push of what the tag has already.
 */
export async function retargetTag(db: Db, input: RetargetInput): Promise<void> {
  const { repositoryId, name, manifestId } = input;
  const current = await findCurrentTag(db, repositoryId, name);
  const startMs =
    current === undefined
      ? startAfterEnd(await findLatestTag(db, repositoryId, name), input.nowMs)
      : startAfter(current, input.nowMs);
  const isAlive = current !== undefined && (current.endMs === null || current.endMs > input.nowMs);
  if (isAlive && current.isImmutable) {
    if (current.manifestId === manifestId) return;
    throw tagImmutable(name);
  }
  if (isAlive) await setTagEnd(db, current.tagId, startMs);
  const tagId = await insertTag(db, {
    repositoryId,
    name,
    manifestId,
    startMs,
    endMs: input.lifetimeSeconds === undefined ? null : startMs + input.lifetimeSeconds * 1000,
    isHidden: false,
    isReversion: input.isReversion === true,
  });
  await setCurrentTag(db, repositoryId, name, tagId, current === undefined);
}

interface Lifetime {
  readonly startMs: number;
  readonly endMs: number | null;
}

/** Never before the end, nor at the start, of the present row. */
function startAfter({ startMs, endMs }: Lifetime, nowMs: number): number {
  return Math.max(nowMs, startMs + 1, endMs !== null && endMs <= nowMs ? endMs : 0);
}

/** As startAfter, for a row that is present no more: a node whose clock is ahead may have ended it. */
function startAfterEnd(last: Lifetime | undefined, nowMs: number): number {
  return last === undefined ? nowMs : Math.max(nowMs, last.startMs + 1, last.endMs ?? 0);
}
