import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';

/**
 * The archived log of a build, for those who may see the build (REST reference G.3). There are no builds yet: to everybody it is one that they
 * may not see.
 */
export const getLogArchive = route({
  operationId: 'getLogArchive',
  method: 'GET',
  url: '/logarchive/:build',
  status: 200,
  access: { name: 'build-viewer', check: async () => undefined },
  request: { params: z.object({ build: z.string() }), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle(_input, _services: OpsServices) {
    throw new DomainError('denied', 'There is no such build, or you may not see it.');
  },
});
