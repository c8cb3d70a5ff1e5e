import { z } from 'zod';
import { type GrantedCaller, hasFullAccess, isGlobalReader } from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { pageTokensOf } from '#/api/shapes/page-tokens.ts';
import {
  listVisibleRepositories,
  type RepositoryReader,
  repositoryReader,
  type VisiblePage,
  type VisibleRepository,
} from '#/domain/repositories/index.ts';

const pageSize = 100;
const cursorSchema = z.object({ after: z.union([z.number(), z.string()]) });

/** What the caller may list: superusers with full access, and global readers, everything. */
export function readerOf(services: ApiServices, { caller, principal }: GrantedCaller): RepositoryReader {
  return repositoryReader(services.domain, principal, {
    readsEverything: hasFullAccess(services, caller) || isGlobalReader(services, caller),
  });
}

/** One page of 100, and the token of the next one. */
export async function repositoryPage(
  services: ApiServices,
  list: string,
  page: Omit<VisiblePage, 'after' | 'limit'> & { readonly token: string | undefined },
): Promise<{ readonly rows: readonly VisibleRepository[]; readonly nextPage: { next_page?: string } }> {
  const { token, ...selection } = page;
  const tokens = pageTokensOf(services, list, cursorSchema);
  const rows = await listVisibleRepositories(services.domain.database.read, {
    ...selection,
    after: tokens.open(token)?.after,
    limit: pageSize + 1,
  });
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  if (rows.length <= pageSize || last === undefined) return { rows: shown, nextPage: {} };
  return { rows: shown, nextPage: { next_page: tokens.seal({ after: last[page.order] }) } };
}
