export { listReferrers } from '#/domain/manifests/index.ts';
export { deleteManifest } from './delete-manifest.ts';
export { deleteTag } from './delete-tag.ts';
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
