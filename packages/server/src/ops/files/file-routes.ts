import type { AnyRoute } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { getExportedLogs } from './get-exported-logs.ts';
import { getLogArchive } from './get-log-archive.ts';
import { getUserFile } from './get-user-file.ts';

/** Files that are handed out by their own address, where the store has no addresses. */
export const fileRoutes: readonly AnyRoute<OpsServices>[] = [getExportedLogs, getLogArchive, getUserFile];
