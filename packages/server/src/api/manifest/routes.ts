import type { ApiRoute } from '#/api/api-route.ts';
import { getRepoManifest } from './get-repo-manifest.ts';
import {
  addManifestLabel,
  deleteManifestLabel,
  getManifestLabel,
  listManifestLabels,
} from './manifest-labels.ts';

/** Manifests and their labels. */
export const manifestRoutes: readonly ApiRoute[] = [
  getRepoManifest,
  listManifestLabels,
  addManifestLabel,
  getManifestLabel,
  deleteManifestLabel,
];
