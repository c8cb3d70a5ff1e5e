import type { Database } from '@wharf/server/src/db/database.ts';
import { listTagHistory } from '@wharf/server/src/domain/tags/index.ts';
import { fillTags } from '@wharf/server/src/testing/fill-tags.ts';
import { type BenchCase, onWharf } from '#/cases/bench-case.ts';
import { benchDatabases, mariadbDatabase, medianOfList } from '#/cases/databases.ts';

const few = 1000;
const many = 100_000;
const pageSize = 50;
const startMs = Date.UTC(2026, 0, 1);
const tagMs = 1000;

/** Pages of the tag list by number and by token, one name, and names that contain a text which none has, among few and many tags. */
export const tagListCases: readonly BenchCase[] = [...benchDatabases, mariadbDatabase].map(
  ({ name, title, use }) => ({
    kind: 'single',
    name: `tag-list-${name}`,
    title: `tags, a page of ${pageSize} of ${few.toLocaleString('en')} and of ${many.toLocaleString('en')}, ${title}`,
    once: true,
    appliesTo: onWharf,
    measure: () =>
      use(async (database) => {
        const small = await measurePages(database, few);
        const big = await measurePages(database, many);
        return {
          fewFirstMs: small.firstMs,
          manyFirstMs: big.firstMs,
          fewMiddleMs: small.middleMs,
          manyMiddleMs: big.middleMs,
          fewLastMs: small.lastMs,
          manyLastMs: big.lastMs,
          fewLiveMiddleMs: small.liveMiddleMs,
          manyLiveMiddleMs: big.liveMiddleMs,
          fewLiveLastMs: small.liveLastMs,
          manyLiveLastMs: big.liveLastMs,
          fewTokenMs: small.tokenMs,
          manyTokenMs: big.tokenMs,
          fewNamedMs: small.namedMs,
          manyNamedMs: big.namedMs,
          fewContainsMs: small.containsMs,
          manyContainsMs: big.containsMs,
        };
      }),
  }),
);

async function measurePages(database: Database, count: number) {
  const repositoryId = await fillTags(database, { count, startMs });
  const list = (rows: number, more: Partial<Parameters<typeof listTagHistory>[1]>) =>
    medianOfList(rows, () =>
      listTagHistory(database.read, {
        repositoryId,
        onlyAlive: false,
        nowMs: startMs,
        limit: pageSize,
        ...more,
      }),
    );
  const middle = { startMs: startMs + (count / 2) * tagMs, name: `release-${count / 2}` };
  return {
    firstMs: await list(pageSize, {}),
    middleMs: await list(pageSize, { skip: count / 2 }),
    lastMs: await list(pageSize, { skip: count - pageSize }),
    liveMiddleMs: await list(pageSize, { skip: count / 2, onlyAlive: true }),
    liveLastMs: await list(pageSize, { skip: count - pageSize, onlyAlive: true }),
    tokenMs: await list(pageSize, { after: middle }),
    namedMs: await list(1, { names: { is: middle.name } }),
    containsMs: await list(0, { names: { contains: 'nightly' } }),
  };
}
