import type { ApiRoute } from '#/api/api-route.ts';
import { appSpecificTokenRoutes } from '#/api/app-specific-tokens/routes.ts';
import { discoveryRoutes } from '#/api/discovery/routes.ts';
import { errorRoutes } from '#/api/error/routes.ts';
import { logRoutes } from '#/api/logs/routes.ts';
import { userRoutes } from '#/api/user/routes.ts';

/** Every route of `/api/v1`. */
export const apiRoutes: readonly ApiRoute[] = [
  ...appSpecificTokenRoutes,
  ...discoveryRoutes(() => apiRoutes),
  ...errorRoutes,
  ...logRoutes,
  ...userRoutes,
];
