import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { logCounts, logCountsSchema } from '#/api/logs/log-counts.ts';
import { periodOf, periodQuery } from '#/api/logs/log-query.ts';

/** How much of what happened in a repository, day by day (REST reference 9.29). */
export const getAggregateRepoLogs = apiRoute({
  operationId: 'getAggregateRepoLogs',
  method: 'GET',
  path: '/repository/:repository/aggregatelogs',
  group: 'logs',
  resource: 'endpoints.api.logs.RepositoryAggregateLogs',
  summary: 'Counts the entries of the action log about a repository by kind and day.',
  status: 200,
  access: repositoryAdmin,
  gate: (settings) => settings.featureAggregatedLogCounts,
  request: { params: z.object({ repository: z.string() }), query: periodQuery, body: noBody },
  response: logCountsSchema,
  async handle({ query, granted: { repository } }, services) {
    return logCounts(services, {
      ...periodOf(query, services.domain.clock.nowMs()),
      scope: { kind: 'repository', repositoryId: repository.id },
    });
  },
});
