import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { pageTokensOf } from '#/api/shapes/page-tokens.ts';
import { DomainError } from '#/domain/errors.ts';
import { limitOf } from '#/domain/list-limits.ts';
import { type Account, listPresentAccounts } from '#/domain/namespaces/index.ts';

const mostPerPage = 100;
/** Rows of one query when the whole list is wanted. */
const batchSize = 500;

const cursorSchema = z.object({ name: z.string() });

/** A list that is whole without `limit`, and in pages with it (REST reference A.1). */
export const accountPageQuery = z.object({
  limit: z
    .string()
    .regex(/^-?\d{1,9}$/, 'must be a whole number')
    .optional()
    .transform((text) => (text === undefined ? undefined : Number(text)))
    .meta({ stands_for: 'integer' }),
  next_page: z.string().optional(),
});

/** Throws DomainError `invalid_request`. */
export function checkPageLimit(limit: number): void {
  if (limit >= 1 && limit <= mostPerPage) return;
  throw new DomainError('invalid_request', `The limit must be a number from 1 to ${mostPerPage}.`);
}

export function tooLong(most: number): DomainError {
  return new DomainError(
    'invalid_request',
    `The list has more than ${most} entries: ask for pages of it, with limit and next_page.`,
  );
}

/** People or organizations by name. Throws DomainError `invalid_request` for a limit that is not allowed. */
export async function listAccountPage(
  services: ApiServices,
  list: { readonly kind: 'user' | 'organization'; readonly enabledOnly: boolean },
  query: z.output<typeof accountPageQuery>,
): Promise<{ readonly accounts: readonly Account[]; readonly nextPage: { readonly next_page?: string } }> {
  const { limit } = query;
  if (limit === undefined) return { accounts: await listAll(services, list), nextPage: {} };
  checkPageLimit(limit);
  const tokens = pageTokensOf(services, `accounts of kind ${list.kind}`, cursorSchema);
  const after = tokens.open(query.next_page)?.name;
  const found = await listPresentAccounts(services.domain.database.read, {
    ...list,
    after,
    limit: limit + 1,
  });
  const accounts = found.slice(0, limit);
  const last = accounts.at(-1);
  const hasMore = found.length > limit && last !== undefined;
  return { accounts, nextPage: hasMore ? { next_page: tokens.seal({ name: last.name }) } : {} };
}

/** Quay's clients want the whole list; where it is too long for one answer they are told to ask for pages. */
async function listAll(
  { domain }: ApiServices,
  list: { readonly kind: 'user' | 'organization'; readonly enabledOnly: boolean },
): Promise<Account[]> {
  const most = limitOf(domain, 'wholeList');
  const accounts: Account[] = [];
  for (;;) {
    const after = accounts.at(-1)?.name;
    const found = await listPresentAccounts(domain.database.read, { ...list, after, limit: batchSize });
    accounts.push(...found);
    if (accounts.length > most) throw tooLong(most);
    if (found.length < batchSize) return accounts;
  }
}
