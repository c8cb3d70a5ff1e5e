export { findExportedLogs } from './find-exported-logs.ts';
export { removeOldExports } from './remove-old-exports.ts';
export { requestLogExport } from './request-log-export.ts';
export { runLogExports } from './run-log-exports.ts';
