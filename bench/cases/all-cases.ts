import type { BenchCase } from '#/cases/bench-case.ts';
import { collectionCases } from '#/cases/collection.ts';
import { fsyncCase } from '#/cases/fsyncs.ts';
import { ldapTokenCase } from '#/cases/ldap-tokens.ts';
import { logListCases } from '#/cases/log-list.ts';
import { logInStormCase } from '#/cases/login-storm.ts';
import { memoryCases } from '#/cases/memory.ts';
import { pullCases } from '#/cases/pull.ts';
import { pushCases } from '#/cases/push.ts';
import { repositoryListCases } from '#/cases/repository-list.ts';
import { requestCases } from '#/cases/requests.ts';
import { startCase } from '#/cases/start.ts';
import { tagListCases } from '#/cases/tag-list.ts';
import { tlsCases } from '#/cases/tls.ts';

/** Every case, in the order of the tables. */
export const allCases: readonly BenchCase[] = [
  ...pullCases,
  ...pushCases,
  ...requestCases,
  ...tlsCases,
  ...memoryCases,
  logInStormCase,
  ldapTokenCase,
  ...logListCases,
  ...tagListCases,
  ...repositoryListCases,
  ...collectionCases,
  startCase,
  fsyncCase,
];

/** The cases that the names choose, each name standing for itself and all that begin with it; throws for one that fits none. */
export function chooseCases(names: readonly string[]): readonly BenchCase[] {
  if (names.length === 0) return allCases;
  for (const name of names) {
    if (!allCases.some((one) => one.name.startsWith(name))) {
      throw new Error(`no case is named "${name}"; there are ${allCases.map((one) => one.name).join(', ')}`);
    }
  }
  return allCases.filter((one) => names.some((name) => one.name.startsWith(name)));
}
