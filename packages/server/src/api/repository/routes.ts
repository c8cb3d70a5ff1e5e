import type { ApiRoute } from '#/api/api-route.ts';
import {
  changeRepoState,
  changeRepoTrust,
  changeRepoVisibility,
  deleteRepository,
  updateRepo,
} from './change-repo.ts';
import { createRepo } from './create-repo.ts';
import { getRepo } from './get-repo.ts';
import { listRepos } from './list-repos.ts';

/** Repositories themselves. */
export const repositoryRoutes: readonly ApiRoute[] = [
  createRepo,
  listRepos,
  getRepo,
  updateRepo,
  deleteRepository,
  changeRepoVisibility,
  changeRepoTrust,
  changeRepoState,
];
