export { createRepository } from './create-repository.ts';
export { listCatalog } from './list-catalog.ts';
export {
  countRepositories,
  findRepository,
  findRepositoryById,
  listRepositories,
  type RepositoryPosition,
} from './queries.ts';
export { deleteEmptyRepository, listRepositoryIds, markForDeletion } from './queries-deletion.ts';
export { advanceRepository } from './queries-events.ts';
export type { RepositoryReference } from './repository-reference.ts';
export { setRepositoryState } from './set-repository-state.ts';
export { setRepositoryVisibility } from './set-repository-visibility.ts';
