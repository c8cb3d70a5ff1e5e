import type { ApiRoute } from '#/api/api-route.ts';
import { conductRepoSearch, conductSearch } from './conduct-search.ts';
import { getMatchingEntities } from './get-matching-entities.ts';
import { linkExternalUser } from './link-external-user.ts';

/** Finding things by name. */
export const searchRoutes: readonly ApiRoute[] = [
  getMatchingEntities,
  linkExternalUser,
  conductSearch,
  conductRepoSearch,
];
