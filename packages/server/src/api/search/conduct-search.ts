import { z } from 'zod';
import { anyCaller, type GrantedCaller, holdsScope } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { readerOf } from '#/api/repository/repository-list.ts';
import {
  findSearchText,
  listMatchingNamespaces,
  listMatchingRepositories,
  listMatchingRobots,
  listMatchingTeams,
} from '#/domain/search/index.ts';
import {
  entityResult,
  entityResultSchema,
  repositoryResult,
  repositoryResultSchema,
  robotResult,
  teamResult,
  teamResultSchema,
} from './search-views.ts';

const dayMs = 24 * 3600 * 1000;
const popularDays = 7;
/** Of each kind. */
const mostResults = 5;

/** What the caller may know of and whose name fits: teams, robots, repositories, namespaces (REST reference 9.28). */
export const conductSearch = apiRoute({
  operationId: 'conductSearch',
  method: 'GET',
  path: '/find/all',
  group: 'search',
  resource: 'endpoints.api.search.ConductSearch',
  summary: 'Finds entities and repositories.',
  status: 200,
  access: anyCaller,
  scope: 'repo:read',
  request: { params: z.unknown(), query: z.object({ query: z.string().default('') }), body: noBody },
  response: z.object({
    results: z.array(z.union([entityResultSchema, teamResultSchema, repositoryResultSchema])),
  }),
  async handle({ query, granted }, services) {
    const text = findSearchText(query.query);
    if (text === undefined || text === '') return { results: [] };
    const { read } = services.domain.database;
    const reader = readerOf(services, granted);
    const [inside, repositories, namespaces] = await Promise.all([
      findInside(services, granted, text),
      listMatchingRepositories(read, {
        reader,
        text,
        skip: 0,
        limit: mostResults,
        ...instants(services),
      }),
      listMatchingNamespaces(read, { text, reader, limit: mostResults }),
    ]);
    const results = [
      ...inside,
      ...repositories.map((repository) => repositoryResult(repository, text)),
      ...namespaces.map((namespace) => entityResult(namespace, text)),
    ];
    return { results: results.sort((a, b) => b.score - a.score) };
  },
});

/** Teams and robots are for people who could see them in their lists: a token needs the scope for those. */
async function findInside({ domain }: ApiServices, { caller }: GrantedCaller, text: string) {
  if (caller.kind === 'anonymous') return [];
  const { read } = domain.database;
  const accountId = caller.principal.account.id;
  if (!holdsScope(caller, ['org:admin'])) return [];
  const [teams, robots] = await Promise.all([
    listMatchingTeams(read, { text, of: { accountId }, limit: mostResults }),
    listMatchingRobots(read, { text, accountId, limit: mostResults }),
  ]);
  return [...teams.map((team) => teamResult(team, text)), ...robots.map((robot) => robotResult(robot, text))];
}

/** Repositories by name, description or path, the best first (REST reference 9.28). */
export const conductRepoSearch = apiRoute({
  operationId: 'conductRepoSearch',
  method: 'GET',
  path: '/find/repositories',
  group: 'search',
  resource: 'endpoints.api.search.ConductRepositorySearch',
  summary: 'Finds repositories.',
  status: 200,
  access: anyCaller,
  request: {
    params: z.unknown(),
    query: z.object({
      query: z.string().default(''),
      page: z
        .string()
        .regex(/^-?\d{1,9}$/, 'must be a whole number')
        .default('1')
        .transform(Number),
    }),
    body: noBody,
  },
  response: z.object({
    results: z.array(
      repositoryResultSchema.extend({
        last_modified: z.number().nullable(),
        stars: z.number(),
        popularity: z.number(),
      }),
    ),
    has_additional: z.boolean(),
    page: z.number(),
    page_size: z.number(),
    start_index: z.number(),
  }),
  async handle({ query, granted }, services) {
    const { searchResultsPerPage, searchMaximumResultPages } = services.settings;
    const page = Math.min(Math.max(1, query.page), searchMaximumResultPages);
    const startIndex = (page - 1) * searchResultsPerPage;
    const text = findSearchText(query.query);
    const found =
      text === undefined
        ? []
        : await listMatchingRepositories(services.domain.database.read, {
            reader: readerOf(services, granted),
            text,
            skip: startIndex,
            limit: searchResultsPerPage + 1,
            ...instants(services),
          });
    return {
      results: found.slice(0, searchResultsPerPage).map((repository) => ({
        ...repositoryResult(repository, query.query),
        last_modified:
          repository.lastModifiedMs === null ? null : Math.floor(repository.lastModifiedMs / 1000),
        stars: repository.stars,
        popularity: repository.popularity,
      })),
      has_additional: found.length > searchResultsPerPage && page < searchMaximumResultPages,
      page,
      page_size: searchResultsPerPage,
      start_index: startIndex,
    };
  },
});

function instants({ domain }: ApiServices): { readonly nowMs: number; readonly popularSinceDay: number } {
  const nowMs = domain.clock.nowMs();
  return { nowMs, popularSinceDay: Math.floor(nowMs / dayMs) - popularDays };
}
