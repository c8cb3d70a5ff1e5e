import { z } from 'zod';
import { type GrantedAccount, repositoryPath, selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { readerOf, repositoryPage } from '#/api/repository/repository-list.ts';
import { getRepositoryAccess } from '#/domain/permissions/index.ts';
import {
  findRepository,
  type RepositoryReference,
  starRepository,
  unstarRepository,
} from '#/domain/repositories/index.ts';
import { jsonAnswer } from '#/http/answer.ts';

/** Repositories that the caller starred, as far as they can still be read (REST reference 9.1). */
export const listStarredRepos = apiRoute({
  operationId: 'listStarredRepos',
  method: 'GET',
  path: '/user/starred',
  group: 'user',
  resource: 'endpoints.api.user.StarredRepositoryList',
  summary: 'Lists the repositories that the caller starred.',
  status: 200,
  access: selfAdmin,
  request: {
    params: z.unknown(),
    query: z.object({ next_page: z.string().optional() }),
    body: noBody,
  },
  response: z.object({
    repositories: z.array(
      z.object({
        namespace: z.string(),
        name: z.string(),
        description: z.string(),
        is_public: z.boolean(),
      }),
    ),
    next_page: z.string().optional(),
  }),
  async handle({ query, granted }, services) {
    const { rows, nextPage } = await repositoryPage(services, 'stars', {
      reader: starReader(services, granted),
      includePublic: true,
      kind: 'image',
      starredBy: granted.account.id,
      order: 'id',
      token: query.next_page,
    });
    return {
      repositories: rows.map(({ namespace, name, description, visibility }) => ({
        namespace,
        name,
        description,
        is_public: visibility === 'public',
      })),
      ...nextPage,
    };
  },
});

/** Stars a repository; null where there is none that the caller may read (REST reference 9.1). */
export const createStar = apiRoute({
  operationId: 'createStar',
  method: 'POST',
  path: '/user/starred',
  group: 'user',
  resource: 'endpoints.api.user.StarredRepositoryList',
  summary: 'Stars a repository.',
  status: 201,
  access: selfAdmin,
  scope: 'repo:read',
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(z.object({ namespace: z.string(), repository: z.string() })),
  },
  response: z.object({ namespace: z.string(), repository: z.string() }).nullable(),
  async handle({ body, granted }, services) {
    const repository = await findReadable(services, granted, body.namespace, body.repository);
    if (repository === undefined) return jsonAnswer(200, null);
    await starRepository(services.domain, { accountId: granted.account.id, repositoryId: repository.id });
    return { namespace: repository.namespace, repository: repository.name };
  },
});

/** Takes a star back; null where there is no such repository (REST reference 9.1). */
export const deleteStar = apiRoute({
  operationId: 'deleteStar',
  method: 'DELETE',
  path: '/user/starred/:repository',
  group: 'user',
  resource: 'endpoints.api.user.StarredRepository',
  summary: 'Takes the star of a repository back.',
  status: 204,
  access: selfAdmin,
  request: { params: z.object({ repository: z.string() }), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, services) {
    const path = repositoryPath(params.repository);
    const repository = await findReadable(services, granted, path.namespace, path.name);
    if (repository === undefined) return jsonAnswer(200, null);
    await unstarRepository(services.domain, { accountId: granted.account.id, repositoryId: repository.id });
    return null;
  },
});

/** The person's own rights count, since a token may administer the account without reading repositories. */
function starReader(services: ApiServices, granted: GrantedAccount) {
  return { ...readerOf(services, granted), accountId: granted.account.id };
}

/** Nobody learns whether a repository exists that they may not read. */
async function findReadable(
  { domain }: ApiServices,
  { account, principal }: GrantedAccount,
  namespace: string,
  name: string,
): Promise<RepositoryReference | undefined> {
  const repository = await findRepository(domain.database.read, namespace, name);
  if (repository === undefined) return undefined;
  const person = { kind: 'user', account, superuser: false } as const;
  const access = await getRepositoryAccess(
    domain,
    principal.kind === 'oauth-token' ? person : principal,
    repository,
  );
  return access === 'none' ? undefined : repository;
}
