import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { type ApiRoute, apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiSettings } from '#/api/api-services.ts';
import { DomainError } from '#/domain/errors.ts';
import { type AuthorizedEmail, authorizeEmail, findAuthorizedEmail } from '#/domain/notifications/index.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';

const group = 'repoemail';
const path = '/repository/:repository/authorizedemail/:email';
const resource = 'endpoints.api.repoemail.RepositoryAuthorizedEmail';
const params = z.object({ repository: z.string(), email: z.string() });
const gate = (settings: ApiSettings): boolean => settings.featureMailing;

const recordSchema = z.object({
  email: z.string(),
  repository: z.string(),
  namespace: z.string(),
  confirmed: z.boolean(),
  code: z.string(),
});

const checkRepoEmailAuthorized = apiRoute({
  operationId: 'checkRepoEmailAuthorized',
  method: 'GET',
  path,
  group,
  resource,
  summary: 'Tells whether notifications of a repository may be mailed to an address.',
  status: 200,
  access: repositoryAdmin,
  internal: true,
  gate,
  request: { params, query: z.unknown(), body: noBody },
  response: recordSchema,
  async handle({ params: { email }, granted: { repository } }, { domain }) {
    const record = await findAuthorizedEmail(domain.database.read, repository.id, email);
    if (record === undefined) throw new DomainError('not_found', 'Not Found');
    return view(repository, record);
  },
});

const sendAuthorizeRepoEmail = apiRoute({
  operationId: 'sendAuthorizeRepoEmail',
  method: 'POST',
  path,
  group,
  resource,
  summary: 'Asks the reader of an address whether notifications of a repository may be mailed there.',
  status: 200,
  access: repositoryAdmin,
  internal: true,
  gate,
  request: { params, query: z.unknown(), body: noBody },
  response: recordSchema,
  async handle({ params: { email }, granted: { repository } }, { domain }, { baseUrl }) {
    return view(repository, await authorizeEmail(domain, { repository, email, baseUrl }));
  },
});

function view(repository: RepositoryReference, { email, confirmed, code }: AuthorizedEmail) {
  return { email, repository: repository.name, namespace: repository.namespace, confirmed, code };
}

/** Addresses that notifications may be mailed to (REST reference 9.12). */
export const repositoryEmailRoutes: readonly ApiRoute[] = [checkRepoEmailAuthorized, sendAuthorizeRepoEmail];
