import type { ApiRoute } from '#/api/api-route.ts';
import { exportRepoLogs } from '#/api/logs/export-repo-logs.ts';
import { exportOrgLogs, exportUserLogs } from '#/api/logs/export-user-logs.ts';
import { getAggregateRepoLogs } from '#/api/logs/get-aggregate-repo-logs.ts';
import { getAggregateOrgLogs, getAggregateUserLogs } from '#/api/logs/get-aggregate-user-logs.ts';
import { listAllAggregateLogs, listAllLogs } from '#/api/logs/list-all-logs.ts';
import { listRepoLogs } from '#/api/logs/list-repo-logs.ts';
import { listOrgLogs, listUserLogs } from '#/api/logs/list-user-logs.ts';

/** The action log: lists, counts and exports. */
export const logRoutes: readonly ApiRoute[] = [
  listRepoLogs,
  listUserLogs,
  listOrgLogs,
  getAggregateRepoLogs,
  getAggregateUserLogs,
  getAggregateOrgLogs,
  exportRepoLogs,
  exportUserLogs,
  exportOrgLogs,
  listAllLogs,
  listAllAggregateLogs,
];
