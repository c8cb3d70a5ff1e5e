import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { insertTag, listHoldingTags, setTagEnd } from './queries.ts';

export interface HoldInput {
  readonly repositoryId: number;
  readonly manifestId: number;
  readonly nowMs: number;
  /** Null holds until the manifest is deleted by its digest. */
  readonly untilMs: number | null;
}

/**
 * Keeps a manifest that was pushed without a name, by a hidden tag (registry protocol A8.4, A13.8). A tag that outlives the time
 * makes one unnecessary; where it is to be kept for ever only a hidden tag counts, since visible ones come and go (A15.9).
 */
export async function holdTemporarily(db: Db, input: HoldInput): Promise<void> {
  const { untilMs } = input;
  const holding = await listHoldingTags(db, input.manifestId, input.nowMs);
  const isEnough = holding.some(
    ({ endMs, isHidden }) =>
      (endMs === null && (isHidden || untilMs !== null)) ||
      (endMs !== null && untilMs !== null && endMs >= untilMs),
  );
  if (isEnough) return;
  const hidden = holding.find(({ isHidden }) => isHidden);
  if (hidden !== undefined) {
    await setTagEnd(db, hidden.tagId, untilMs);
    return;
  }
  await insertTag(db, {
    repositoryId: input.repositoryId,
    name: `$temp-${randomUUID()}`,
    manifestId: input.manifestId,
    startMs: input.nowMs,
    endMs: untilMs,
    isHidden: true,
    isReversion: false,
  });
}
