/**
 * Routes of Quay beside its REST API and its registry protocol (REST reference G), as `METHOD path`; what stands in braces is one
 * segment. Those of `absentWebRoutes` are not mounted, with the reason.
 */
export const webRoutes: readonly string[] = [
  'GET /health',
  'GET /health/instance',
  'GET /health/endtoend',
  'GET /health/warning',
  'GET /health/dbrevision',
  'GET /health/enabledebug/{}',
  'GET /status',
  'GET /_internal_ping',
  'GET /v1/_internal_ping',
  'GET /c1/_internal_ping',
  'GET /secscan/_internal_ping',
  'GET /upgradeprogress/',
  'GET /config',
  'GET /csrf_token',
  'GET /.well-known/change-password',
  'GET /.well-known/app-capabilities',
  'GET /repository/{}/status',
  'GET /buildlogs/{}',
  'GET /logarchive/{}',
  'GET /userfiles/{}',
  'PUT /userfiles/{}',
  'GET /exportedlogs/{}',
  'GET /keys/services/{}/keys',
  'GET /keys/services/{}/keys/{}',
  'PUT /keys/services/{}/keys/{}',
  'DELETE /keys/services/{}/keys/{}',
  'POST /webhooks/push/trigger/{}',
  'POST /webhooks/push/{}/trigger/{}',
  'POST /webhooks/stripe',
  'GET /customtrigger/setup/{}',
  'GET /receipt',
  'POST /secscan/notification',
  'GET /secscan/_backfill_status',
  'GET /oauth2/federation/robot/token',
  'GET /realtime/user/subscribe',
];

export const absentWebRoutes: Readonly<Record<string, string>> = {
  'GET /health/dbrevision': 'for the hosted service only',
  'GET /secscan/_internal_ping': 'comes with the scanner',
  'GET /upgradeprogress/': 'of the upgrade from 2.9 to 3.0, which Wharf does not have',
  'GET /buildlogs/{}': 'comes with builds',
  'PUT /userfiles/{}':
    'takes files under ids that only POST /filedrop/ issues, which comes with builds: nothing else reads such files, and without ids nothing may be written',
  'POST /webhooks/push/trigger/{}': 'comes with builds',
  'POST /webhooks/push/{}/trigger/{}': 'comes with builds',
  'POST /webhooks/stripe': 'for the hosted service only',
  'GET /customtrigger/setup/{}': 'comes with builds',
  'GET /receipt': 'for the hosted service only',
  'POST /secscan/notification': 'comes with the scanner',
  'GET /secscan/_backfill_status': 'comes with the scanner',
  'GET /realtime/user/subscribe': 'comes with the web interface',
};

/** Mounted, but without what it is for in Quay. */
export const limitedWebRoutes: Readonly<Record<string, string>> = {
  'GET /logarchive/{}':
    'answers 403 to everybody: who may read an archived log follows from the row of its build, and there are no builds yet. Archives of an old installation stay in the store and are read when builds come',
};
