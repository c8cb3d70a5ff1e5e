import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { imageRead } from '#/api/image-access.ts';
import { pageTokensOf } from '#/api/shapes/page-tokens.ts';
import { booleanQuery, integerQuery } from '#/api/shapes/queries.ts';
import { DomainError } from '#/domain/errors.ts';
import { listTagHistory, type TagNameFilter } from '#/domain/tags/index.ts';
import { tagSchema, tagView } from './tag-view.ts';

const mostPerPage = 100;
const positionSchema = z.object({ startMs: z.number(), name: z.string(), page: z.number() });

/**
 * The history of a repository's tags, newest first (REST reference 9.14). Beside page numbers there are tokens, which cost the same at any
 * depth: who sends `next_page`, empty for the first page, gets the token of the next one.
 */
export const listRepoTags = apiRoute({
  operationId: 'listRepoTags',
  method: 'GET',
  path: '/repository/:repository/tag/',
  group: 'tag',
  resource: 'endpoints.api.tag.ListRepositoryTags',
  summary: 'Lists the tags of a repository, with their history.',
  status: 200,
  access: imageRead,
  request: {
    params: z.object({ repository: z.string() }),
    query: z.object({
      specificTag: z.string().optional(),
      limit: integerQuery({ fallback: 50, least: 1, most: mostPerPage }),
      page: integerQuery({ fallback: 1, least: 1, most: 1_000_000_000 }),
      onlyActiveTags: booleanQuery(false),
      filter_tag_name: z.string().optional(),
      next_page: z.string().optional(),
    }),
    body: noBody,
  },
  response: z.object({
    tags: z.array(tagSchema),
    page: z.number(),
    has_additional: z.boolean(),
    next_page: z.string().optional(),
  }),
  async handle({ query, granted: { repository } }, services) {
    const { limit } = query;
    const tokens = pageTokensOf(services, 'tags', positionSchema);
    const after = tokens.open(query.next_page);
    const page = after?.page ?? query.page;
    const rows = await listTagHistory(services.domain.database.read, {
      repositoryId: repository.id,
      onlyAlive: query.onlyActiveTags,
      nowMs: services.domain.clock.nowMs(),
      names: nameFilter(query),
      after,
      skip: after === undefined ? (page - 1) * limit : undefined,
      limit: limit + 1,
    });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const hasMore = rows.length > limit;
    return {
      tags: shown.map(tagView),
      page,
      has_additional: hasMore,
      ...(query.next_page !== undefined && hasMore && last !== undefined
        ? { next_page: tokens.seal({ startMs: last.startMs, name: last.name, page: page + 1 }) }
        : {}),
    };
  },
});

function nameFilter(query: {
  readonly specificTag?: string | undefined;
  readonly filter_tag_name?: string | undefined;
}): TagNameFilter | undefined {
  if (query.specificTag !== undefined && query.specificTag !== '') return { is: query.specificTag };
  const filter = query.filter_tag_name;
  if (filter === undefined || filter === '') return undefined;
  const [, operator, text] = /^(like|eq):(.*)$/s.exec(filter) ?? [];
  if (operator === undefined || text === undefined) {
    throw new DomainError('invalid_request', 'filter_tag_name must look like "like:text" or "eq:name".');
  }
  return operator === 'eq' ? { is: text } : { contains: text };
}
