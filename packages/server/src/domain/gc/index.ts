export { collectTags } from './collect-tags.ts';
export { type CollectionProgress, createCollectionProgress } from './collection-progress.ts';
export { deleteNamespace } from './delete-namespace.ts';
export { deleteRepository } from './delete-repository.ts';
export { forgetEndedNames } from './forget-ended-names.ts';
export { runNamespaceDeletions, runRepositoryDeletions } from './run-deletions.ts';
