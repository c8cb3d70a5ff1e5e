export { listReferrers, type ReferrerDescriptor } from '#/domain/manifests/index.ts';
export { repositoryPushTopic } from './announce-push.ts';
export { type DeleteManifestInput, deleteManifest } from './delete-manifest.ts';
export { type DeleteTagInput, deleteTag } from './delete-tag.ts';
export { type PushManifestInput, type PushResult, pushManifest } from './push-manifest.ts';
export { mostTagsPerPush } from './pushed-tags.ts';
export { listTags } from './queries.ts';
