export { listReferrers } from '#/domain/manifests/index.ts';
export { addManifestLabel } from './add-manifest-label.ts';
export { changeTagExpiration } from './change-tag-expiration.ts';
export { deleteManifest } from './delete-manifest.ts';
export { deleteManifestLabel } from './delete-manifest-label.ts';
export { deleteTag } from './delete-tag.ts';
export { moveTag } from './move-tag.ts';
export { permanentlyDeleteTag } from './permanently-delete-tag.ts';
export type { PointTagInput } from './point-tag.ts';
export { type PushResult, pushManifest } from './push-manifest.ts';
export { mostTagsPerPush } from './pushed-tags.ts';
export { listTags } from './queries.ts';
export {
  deleteTagRows,
  type EndedTag,
  type EndedTagPosition,
  forgetEndedNames,
  leaveEndedTags,
  listCurrentTagIds,
  listEndedTags,
  listRemovableTags,
  listTaggedManifestIds,
  listTagIds,
} from './queries-collection.ts';
export {
  type ListedTag,
  listAliveTags,
  listTagHistory,
  type TagHistoryPage,
  type TagNameFilter,
  type TagPosition,
} from './queries-history.ts';
export { restoreTag } from './restore-tag.ts';
