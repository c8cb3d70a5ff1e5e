import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { type ApiRoute, apiRoute, noBody } from '#/api/api-route.ts';

/** Architectures that mirrors can be told to copy. */
const mirrorArchitectures = ['amd64', 'arm64', 'ppc64le', 's390x'];

/** What this registry can do that others cannot (REST reference 9.31). */
const getRegistryCapabilities = apiRoute({
  operationId: 'getRegistryCapabilities',
  method: 'GET',
  path: '/registry/capabilities',
  group: 'capabilities',
  resource: 'endpoints.api.capabilities.RegistryCapabilities',
  summary: 'Shows what the registry can do.',
  status: 200,
  access: anyCaller,
  allowedAnonymously: true,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({
    sparse_manifests: z.object({
      supported: z.boolean(),
      required_architectures: z.array(z.string()),
      optional_architectures_allowed: z.boolean(),
    }),
    mirror_architectures: z.array(z.string()),
  }),
  async handle(_input, { domain }) {
    const supported = domain.settings.featureSparseIndex;
    return {
      sparse_manifests: {
        supported,
        required_architectures: [],
        optional_architectures_allowed: supported,
      },
      mirror_architectures: mirrorArchitectures,
    };
  },
});

export const capabilityRoutes: readonly ApiRoute[] = [getRegistryCapabilities];
