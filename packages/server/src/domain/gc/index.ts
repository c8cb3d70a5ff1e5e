export { collectTags } from './collect-tags.ts';
export { type CollectionProgress, createCollectionProgress } from './collection-progress.ts';
export { forgetEndedNames } from './forget-ended-names.ts';
