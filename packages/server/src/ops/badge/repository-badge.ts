import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { findRepository, findRepositoryDetails } from '#/domain/repositories/index.ts';
import { answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { drawBadge } from './draw-badge.ts';

/** There are no builds: the state of the last one is none. */
const state = 'none';

/**
 * A picture of a repository's state for pages elsewhere (REST reference G.3): for public images, or by the token of the repository. Every
 * other repository is as if there were none.
 */
export const repositoryBadge = route({
  operationId: 'repositoryBadge',
  method: 'GET',
  url: '/repository/:repository/status',
  status: 200,
  access: { name: 'public or badge token', check: async () => undefined },
  request: {
    params: z.object({ repository: z.string() }),
    query: z.object({ token: z.string().optional() }),
    body: { kind: 'none' },
  },
  response: z.string(),
  async handle({ params, query }, services: OpsServices, request) {
    if (!(await isShown(services, params.repository, query.token))) {
      throw new DomainError('name_unknown', 'There is no such repository.');
    }
    const headers = { etag: `"${state}"`, 'cache-control': 'no-cache' };
    const known = request.headers['if-none-match'];
    if (known === state || known === headers.etag) return answer({ status: 304, headers });
    return answer({
      status: 200,
      headers: { ...headers, 'content-type': 'image/svg+xml' },
      body: drawBadge('container', state),
    });
  },
});

async function isShown({ domain }: OpsServices, path: string, token: string | undefined): Promise<boolean> {
  const slash = path.indexOf('/');
  const { read } = domain.database;
  const repository = await findRepository(read, path.slice(0, slash), path.slice(slash + 1));
  if (repository === undefined || repository.kind !== 'image' || !repository.namespaceEnabled) return false;
  if (repository.visibility === 'public') return true;
  const details = await findRepositoryDetails(read, repository.id, undefined);
  return token !== undefined && details !== undefined && areEqual(token, details.badgeToken);
}

/** Compares digests, so that the time tells nothing about the token. */
function areEqual(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
