import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { type ApiRoute, apiRoute, noBody } from '#/api/api-route.ts';
import { jsonAnswer } from '#/http/answer.ts';

type Operation = readonly [operationId: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string];

const list = '/repository/:repository/tokens/';
const one = '/repository/:repository/tokens/:code';

const operations: readonly Operation[] = [
  ['listRepoTokens', 'GET', list],
  ['createToken', 'POST', list],
  ['getTokens', 'GET', one],
  ['changeToken', 'PUT', one],
  ['deleteToken', 'DELETE', one],
];

/** Tokens of a repository are a thing of the past: robots took their place (REST reference 9.11). */
export const repositoryTokenRoutes: readonly ApiRoute[] = operations.map(([operationId, method, path]) =>
  apiRoute({
    operationId,
    method,
    path,
    group: 'repotoken',
    resource: `endpoints.api.repotoken.RepositoryToken${path === list ? 'List' : ''}`,
    summary: 'Answers that tokens of repositories are not handled any more.',
    status: 410,
    access: repositoryAdmin,
    request: {
      params: z.object({ repository: z.string(), code: z.string().optional() }),
      query: z.unknown(),
      body: noBody,
    },
    response: z.object({ message: z.string() }),
    async handle() {
      return jsonAnswer(410, {
        message: 'Tokens of repositories are not handled any more. Use a robot account instead.',
      });
    },
  }),
);
