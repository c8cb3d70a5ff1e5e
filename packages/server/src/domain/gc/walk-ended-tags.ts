import type { Database } from '#/db/database.ts';
import { type EndedTag, type EndedTagPosition, listEndedTags } from '#/domain/tags/index.ts';

const pageSize = 500;

/** Tags that ended from `fromMs` to `untilMs`, oldest end first, in batches of one repository. */
export async function* walkEndedTags(
  { read }: Database,
  walk: {
    readonly hidden: boolean;
    readonly fromMs: number;
    readonly untilMs: number;
    readonly signal: AbortSignal | undefined;
  },
): AsyncGenerator<{ readonly repositoryId: number; readonly tags: readonly EndedTag[] }> {
  let after: EndedTagPosition = { endMs: walk.fromMs, id: 0 };
  for (;;) {
    if (walk.signal?.aborted === true) return;
    const page = await listEndedTags(read, {
      hidden: walk.hidden,
      after,
      untilMs: walk.untilMs,
      limit: pageSize,
    });
    for (const [repositoryId, tags] of Map.groupBy(page, (tag) => tag.repositoryId)) {
      yield { repositoryId, tags };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last;
  }
}
