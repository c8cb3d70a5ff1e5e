import { listVisibleRepositories } from '@wharf/server/src/domain/repositories/index.ts';
import { fillRepositories } from '@wharf/server/src/testing/fill-repositories.ts';
import { type BenchCase, onWharf } from '#/cases/bench-case.ts';
import { benchDatabases, medianOfList } from '#/cases/databases.ts';

const own = 2000;
const otherNamespaces = 50;
const inEach = 1000;
const others = otherNamespaces * inEach;
const pageSize = 100;

/** What a person with 2,000 repositories may read, the first page of it, with its details: one query. */
export const repositoryListCases: readonly BenchCase[] = benchDatabases.map(({ name, title, use }) => ({
  kind: 'single',
  name: `repository-list-${name}`,
  title: `repositories, a page of ${pageSize} for the owner of ${own.toLocaleString('en')} among ${others.toLocaleString('en')} of others, ${title}`,
  once: true,
  appliesTo: onWharf,
  measure: () =>
    use(async (database) => {
      for (let index = 0; index < otherNamespaces; index += 1) {
        await fillRepositories(database, { count: inEach, visibility: 'public' });
      }
      const accountId = await fillRepositories(database, { count: own, visibility: 'private' });
      const list = (includePublic: boolean) =>
        medianOfList(pageSize, () =>
          listVisibleRepositories(database.read, {
            reader: { accountId, readsPublic: true, readsEverything: false },
            includePublic,
            kind: 'image',
            order: 'id',
            limit: pageSize,
            starsOf: accountId,
            modifiedAtMs: 0,
            popularSinceDay: 0,
          }),
        );
      return { ownMs: await list(false), ownAndPublicMs: await list(true) };
    }),
}));
