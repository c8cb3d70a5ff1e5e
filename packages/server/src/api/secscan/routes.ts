import type { ApiRoute } from '#/api/api-route.ts';
import { getRepoImageSecurity, getRepoManifestSecurity } from './security.ts';

/** What scanners found. */
export const securityRoutes: readonly ApiRoute[] = [getRepoManifestSecurity, getRepoImageSecurity];
