import type { ApiRoute } from '#/api/api-route.ts';
import { appSpecificTokenRoutes } from '#/api/app-specific-tokens/routes.ts';
import { capabilityRoutes } from '#/api/capabilities/routes.ts';
import { discoveryRoutes } from '#/api/discovery/routes.ts';
import { errorRoutes } from '#/api/error/routes.ts';
import { globalMessageRoutes } from '#/api/global-messages/routes.ts';
import { imageRoutes } from '#/api/image/routes.ts';
import { logRoutes } from '#/api/logs/routes.ts';
import { manifestRoutes } from '#/api/manifest/routes.ts';
import { organizationRoutes } from '#/api/organization/routes.ts';
import { organizationApplicationTokenRoutes } from '#/api/organization-application-tokens/routes.ts';
import { permissionRoutes } from '#/api/permission/routes.ts';
import { prototypeRoutes } from '#/api/prototype/routes.ts';
import { repositoryRoutes } from '#/api/repository/routes.ts';
import { repositoryEmailRoutes } from '#/api/repository-emails/routes.ts';
import { repositoryNotificationRoutes } from '#/api/repository-notifications/routes.ts';
import { repositoryTokenRoutes } from '#/api/repotoken/repository-tokens.ts';
import { robotRoutes } from '#/api/robot/routes.ts';
import { searchRoutes } from '#/api/search/routes.ts';
import { securityRoutes } from '#/api/secscan/routes.ts';
import { signingRoutes } from '#/api/signing/signatures.ts';
import { starRoutes } from '#/api/star/routes.ts';
import { configurationRoutes } from '#/api/superuser/configuration/routes.ts';
import { superuserRoutes } from '#/api/superuser/routes.ts';
import { tagRoutes } from '#/api/tag/routes.ts';
import { teamRoutes } from '#/api/team/routes.ts';
import { userRoutes } from '#/api/user/routes.ts';
import { userNotificationRoutes } from '#/api/user-notifications/routes.ts';

/** Every route of `/api/v1`. */
export const apiRoutes: readonly ApiRoute[] = [
  ...appSpecificTokenRoutes,
  ...capabilityRoutes,
  ...discoveryRoutes(() => apiRoutes),
  ...errorRoutes,
  ...globalMessageRoutes,
  ...logRoutes,
  ...imageRoutes,
  ...manifestRoutes,
  ...repositoryRoutes,
  ...repositoryTokenRoutes,
  ...searchRoutes,
  ...securityRoutes,
  ...signingRoutes,
  ...starRoutes,
  ...superuserRoutes,
  ...configurationRoutes,
  ...tagRoutes,
  ...organizationRoutes,
  ...organizationApplicationTokenRoutes,
  ...permissionRoutes,
  ...prototypeRoutes,
  ...robotRoutes,
  ...teamRoutes,
  ...userRoutes,
  ...repositoryEmailRoutes,
  ...repositoryNotificationRoutes,
  ...userNotificationRoutes,
];
