import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';
import { actingAccount } from '#/domain/permissions/index.ts';
import { readerOf, repositoryPage } from './repository-list.ts';

const dayMs = 24 * 3600 * 1000;
/** Actions of so many days make the popularity. */
const popularDays = 7;

/** Repositories that the caller may read: of a namespace, starred ones, or all, with or without public ones (REST reference 9.9). */
export const listRepos = apiRoute({
  operationId: 'listRepos',
  method: 'GET',
  path: '/repository',
  group: 'repository',
  resource: 'endpoints.api.repository.RepositoryList',
  summary: 'Lists repositories that the caller may read.',
  status: 200,
  access: anyCaller,
  scope: 'repo:read',
  request: {
    params: z.unknown(),
    query: z.object({
      namespace: z.string().optional(),
      starred: booleanQuery(false),
      public: booleanQuery(false),
      last_modified: booleanQuery(false),
      popularity: booleanQuery(false),
      repo_kind: z.enum(['image', 'application']).default('image'),
      next_page: z.string().optional(),
    }),
    body: noBody,
  },
  response: z.object({
    repositories: z.array(
      z.object({
        namespace: z.string(),
        name: z.string(),
        description: z.string(),
        is_public: z.boolean(),
        kind: z.enum(['image', 'application']),
        state: z.string(),
        last_modified: z.number().nullable().optional(),
        popularity: z.number().optional(),
        is_starred: z.boolean().optional(),
      }),
    ),
    next_page: z.string().optional(),
  }),
  async handle({ query, granted }, services) {
    const namespace = query.namespace === '' ? undefined : query.namespace;
    const accountId = actingAccount(granted.principal)?.id;
    if (namespace === undefined && !query.starred && !query.public) {
      throw new DomainError(
        'invalid_request',
        'Name a namespace, or ask for starred or public repositories.',
      );
    }
    if (query.starred && accountId === undefined) {
      throw new DomainError('invalid_request', 'Starred repositories are those of somebody: sign in.');
    }
    const nowMs = services.domain.clock.nowMs();
    const byName = namespace !== undefined && !query.starred;
    const { rows, nextPage } = await repositoryPage(services, 'repositories', {
      reader: readerOf(services, granted),
      // A star on a public repository says that its owner wants to see it.
      includePublic: query.public || query.starred,
      kind: query.repo_kind,
      namespaceId: byName ? await findNamespaceId(services, namespace) : undefined,
      starredBy: query.starred ? accountId : undefined,
      order: byName ? 'name' : 'id',
      token: query.next_page,
      starsOf: accountId,
      modifiedAtMs: query.last_modified ? nowMs : undefined,
      popularSinceDay: query.popularity ? Math.floor(nowMs / dayMs) - popularDays : undefined,
    });
    return {
      repositories: rows.map((row) => ({
        namespace: row.namespace,
        name: row.name,
        description: row.description,
        is_public: row.visibility === 'public',
        kind: row.kind,
        state: row.state,
        ...(query.last_modified ? { last_modified: secondsOf(row.lastModifiedMs) } : {}),
        ...(query.popularity ? { popularity: row.popularity } : {}),
        ...(accountId === undefined ? {} : { is_starred: row.isStarred }),
      })),
      ...nextPage,
    };
  },
});

/** No namespace has the id 0: of one that does not exist nothing is listed. */
async function findNamespaceId({ domain }: ApiServices, namespace: string): Promise<number> {
  return (await findAccountByName(domain.database.read, namespace))?.id ?? 0;
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
