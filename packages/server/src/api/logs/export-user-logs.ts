import { z } from 'zod';
import {
  type ApiAccess,
  type GrantedOrganization,
  isGlobalReader,
  organizationAdmin,
  selfAdmin,
} from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { exportBody, exportLogs, exportSchema } from '#/api/logs/export-logs.ts';
import { periodOf, periodQuery } from '#/api/logs/log-query.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';

/** Exports the log of the caller's own namespace in the background (REST reference 9.29). */
export const exportUserLogs = apiRoute({
  operationId: 'exportUserLogs',
  method: 'POST',
  path: '/user/exportlogs',
  group: 'logs',
  resource: 'endpoints.api.logs.ExportUserLogs',
  summary: "Exports the entries of the action log about the caller's namespace to the store.",
  status: 200,
  access: selfAdmin,
  gate: (settings) => settings.featureLogExport,
  request: { params: z.unknown(), query: periodQuery, body: jsonBody(exportBody) },
  response: exportSchema,
  async handle({ query, body, granted }, services, request) {
    const period = periodOf(query, services.domain.clock.nowMs());
    return exportLogs(services, request, { granted, body, period, namespace: granted.account });
  },
});

/** The one write that those who may only read everything may make too (REST reference 0). */
const organizationExporter: ApiAccess<{ readonly orgname: string }, GrantedOrganization> = {
  name: 'organization-exporter',
  scope: organizationAdmin.scope,
  async check(services, caller, request, params) {
    const organization = isGlobalReader(services, caller)
      ? await findAccountByName(services.domain.database.read, params.orgname)
      : undefined;
    if (organization?.kind !== 'organization') {
      return organizationAdmin.check(services, caller, request, params);
    }
    return { caller, principal: caller.principal, organization, namespaceAccess: 'admin' };
  },
};

/** Exports the log of an organization in the background (REST reference 9.29). */
export const exportOrgLogs = apiRoute({
  operationId: 'exportOrgLogs',
  method: 'POST',
  path: '/organization/:orgname/exportlogs',
  group: 'logs',
  resource: 'endpoints.api.logs.ExportOrgLogs',
  summary: 'Exports the entries of the action log about an organization to the store.',
  status: 200,
  access: organizationExporter,
  gate: (settings) => settings.featureLogExport,
  request: { params: z.object({ orgname: z.string() }), query: periodQuery, body: jsonBody(exportBody) },
  response: exportSchema,
  async handle({ query, body, granted }, services, request) {
    const period = periodOf(query, services.domain.clock.nowMs());
    return exportLogs(services, request, { granted, body, period, namespace: granted.organization });
  },
});
