import type { ApiServices } from '#/api/api-services.ts';
import { initializeFirstUser } from '#/api/users/initialize-first-user.ts';
import type { AnyRoute } from '#/http/route.ts';

/** Every route of `/api/v1`. */
export const apiRoutes: readonly AnyRoute<ApiServices>[] = [initializeFirstUser];
