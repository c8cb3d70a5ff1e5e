import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { logPage, logPageSchema } from '#/api/logs/log-page.ts';
import { pagedQuery, periodOf, periodQuery } from '#/api/logs/log-query.ts';

/** What happened in a repository, newest first (REST reference 9.29). */
export const listRepoLogs = apiRoute({
  operationId: 'listRepoLogs',
  method: 'GET',
  path: '/repository/:repository/logs',
  group: 'logs',
  resource: 'endpoints.api.logs.RepositoryLogs',
  summary: 'Lists the entries of the action log about a repository, newest first.',
  status: 200,
  access: repositoryAdmin,
  request: {
    params: z.object({ repository: z.string() }),
    query: periodQuery.extend(pagedQuery),
    body: noBody,
  },
  response: logPageSchema,
  async handle({ query, granted: { repository } }, services) {
    const selection = {
      ...periodOf(query, services.domain.clock.nowMs()),
      scope: { kind: 'repository', repositoryId: repository.id } as const,
    };
    return logPage(services, selection, { nextPage: query.next_page });
  },
});
