import { z } from 'zod';
import { repositoryAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { exportBody, exportLogs, exportSchema } from '#/api/logs/export-logs.ts';
import { periodOf, periodQuery } from '#/api/logs/log-query.ts';

/** Exports the log of a repository in the background (REST reference 9.29). */
export const exportRepoLogs = apiRoute({
  operationId: 'exportRepoLogs',
  method: 'POST',
  path: '/repository/:repository/exportlogs',
  group: 'logs',
  resource: 'endpoints.api.logs.ExportRepositoryLogs',
  summary: 'Exports the entries of the action log about a repository to the store.',
  status: 200,
  access: repositoryAdmin,
  gate: (settings) => settings.featureLogExport,
  request: { params: z.object({ repository: z.string() }), query: periodQuery, body: jsonBody(exportBody) },
  response: exportSchema,
  async handle({ query, body, granted }, services, request) {
    const { repository } = granted;
    return exportLogs(services, request, {
      granted,
      body,
      period: periodOf(query, services.domain.clock.nowMs()),
      namespace: { id: repository.namespaceId, name: repository.namespace },
      repository,
    });
  },
});
