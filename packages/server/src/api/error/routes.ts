import type { ApiRoute } from '#/api/api-route.ts';
import { getErrorDescription } from '#/api/error/get-error-description.ts';

/** What errors mean. */
export const errorRoutes: readonly ApiRoute[] = [getErrorDescription];
