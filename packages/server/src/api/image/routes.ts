import type { ApiRoute } from '#/api/api-route.ts';
import { getImage, listRepositoryImages } from './images.ts';

/** Images as old clients know them. */
export const imageRoutes: readonly ApiRoute[] = [listRepositoryImages, getImage];
