import { z } from 'zod';
import { type GrantedAccount, hasFullAccess, loggedIn, refused } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { performerOfCall } from '#/api/performer.ts';
import { requireUnrestricted } from '#/api/restricted-users.ts';
import { plainText } from '#/api/shapes/plain-text.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Account, findAccountByName } from '#/domain/namespaces/index.ts';
import { canCreateRepository } from '#/domain/permissions/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';

/** Makes a repository in the caller's namespace, or in one where the caller may (REST reference 9.9). */
export const createRepo = apiRoute({
  operationId: 'createRepo',
  method: 'POST',
  path: '/repository',
  group: 'repository',
  resource: 'endpoints.api.repository.RepositoryList',
  summary: 'Creates a repository.',
  status: 201,
  access: loggedIn,
  scope: 'repo:create',
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        repository: z.string(),
        visibility: z.enum(['public', 'private']),
        description: plainText,
        namespace: z.string().nullish(),
        /** Repositories of applications are made no more. */
        repo_kind: z.literal('image').nullish(),
      }),
    ),
  },
  response: z.object({ namespace: z.string(), name: z.string(), kind: z.literal('image') }),
  async handle({ body, granted }, services, request) {
    const namespace = await getWritableNamespace(services, granted, body.namespace ?? granted.account.name);
    await createRepository(services.domain, {
      namespaceId: namespace.id,
      name: body.repository,
      visibility: body.visibility,
      description: body.description,
      creator: granted.account,
      performer: performerOfCall(granted, request),
    });
    return { namespace: namespace.name, name: body.repository, kind: 'image' as const };
  },
});

/** One that does not exist is refused like one where the caller may not. */
async function getWritableNamespace(
  services: ApiServices,
  granted: GrantedAccount,
  name: string,
): Promise<Account> {
  const { caller, principal } = granted;
  const account = await findAccountByName(services.domain.database.read, name);
  if (!hasFullAccess(services, caller)) {
    const may = account !== undefined && (await canCreateRepository(services.domain, principal, account.id));
    if (!may) throw refused(caller);
  }
  if (account === undefined) throw new DomainError('not_found', 'Not Found');
  if (account.id === granted.account.id) requireUnrestricted(services, caller);
  return account;
}
