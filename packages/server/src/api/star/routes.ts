import type { ApiRoute } from '#/api/api-route.ts';
import { createStar, deleteStar, listStarredRepos } from './stars.ts';

/** What people starred. */
export const starRoutes: readonly ApiRoute[] = [listStarredRepos, createStar, deleteStar];
