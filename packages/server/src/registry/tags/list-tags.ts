import { z } from 'zod';
import { listTags as listTagNames } from '#/domain/tags/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canPull } from '#/registry/access.ts';
import { nextLink, pageSizeOf } from '#/registry/paging.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** Names of the live tags, sorted by bytes (OCI distribution, "listing tags"; registry reference A14). */
export const listTags = route({
  operationId: 'listTags',
  method: 'GET',
  url: '/v2/:repository/tags/list',
  status: 200,
  access: canPull,
  request: {
    params: z.object({ repository: z.string() }),
    query: z.object({
      n: z.string().optional(),
      last: z.string().optional(),
    }),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ query, granted }, services: RegistryServices, request) {
    const { repository } = granted;
    const limit = pageSizeOf(query.n, Math.max(services.settings.paginationSize, 100));
    const after = query.last === '' ? undefined : query.last;
    const name = `${repository.namespace}/${repository.name}`;
    if (limit === 0) return jsonAnswer(200, { name, tags: [] });
    const tags = await listTagNames(services.domain.database.listing, {
      repositoryId: repository.id,
      nowMs: services.domain.clock.nowMs(),
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const page = tags.slice(0, limit);
    const last = page.at(-1);
    const more = tags.length > limit && last !== undefined;
    return jsonAnswer(
      200,
      { name, tags: page },
      more ? { link: nextLink(request, { n: String(limit), last }) } : {},
    );
  },
});
