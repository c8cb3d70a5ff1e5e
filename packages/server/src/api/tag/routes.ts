import type { ApiRoute } from '#/api/api-route.ts';
import { changeTag, deleteFullTag, removeTagFromTimemachine, restoreTag } from './change-tag.ts';
import { listRepoTags } from './list-repo-tags.ts';
import { listTagImages } from './list-tag-images.ts';

/** Tags and their history. */
export const tagRoutes: readonly ApiRoute[] = [
  listRepoTags,
  changeTag,
  deleteFullTag,
  restoreTag,
  removeTagFromTimemachine,
  listTagImages,
];
