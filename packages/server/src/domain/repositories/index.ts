export { asNameUnknown } from './as-name-unknown.ts';
export { countRepositoryActions } from './count-repository-actions.ts';
export { createRepository } from './create-repository.ts';
export { forgetPerson } from './forget-person.ts';
export { listCatalog } from './list-catalog.ts';
export {
  countRepositories,
  findRepository,
  findRepositoryById,
  listRepositories,
  type RepositoryPosition,
} from './queries.ts';
export { deleteEmptyRepository, listRepositoryIds, markForDeletion } from './queries-deletion.ts';
export { findRepositoryDetails, listDailyActions, type RepositoryDetails } from './queries-details.ts';
export { advanceRepository } from './queries-events.ts';
export {
  isListed,
  lastModified,
  listVisibleRepositories,
  popularity,
  readableBy,
  type VisiblePage,
  type VisibleRepository,
} from './queries-visible.ts';
export { type RepositoryReader, repositoryReader } from './repository-reader.ts';
export type { RepositoryReference } from './repository-reference.ts';
export { setRepositoryDescription } from './set-repository-description.ts';
export { setRepositoryState } from './set-repository-state.ts';
export { setRepositoryTrust } from './set-repository-trust.ts';
export { setRepositoryVisibility } from './set-repository-visibility.ts';
export { starRepository, unstarRepository } from './star-repository.ts';
