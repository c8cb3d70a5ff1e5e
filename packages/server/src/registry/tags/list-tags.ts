import { z } from 'zod';
import { listTags as listTagNames } from '#/domain/tags/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canPull } from '#/registry/access.ts';
import { nextLink, pageSizeOf, pageTokensOf } from '#/registry/paging.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

const cursor = z.object({ after: z.string() });

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
      next_page: z.string().optional(),
    }),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ query, granted }, services: RegistryServices, request) {
    const { repository } = granted;
    const limit = pageSizeOf(query.n, Math.max(services.settings.paginationSize, 100));
    const after = afterOf(services, query.next_page ?? query.last);
    const name = `${repository.namespace}/${repository.name}`;
    if (limit === 0) return jsonAnswer(200, { name, tags: [] });
    const tags = await listTagNames(services.domain.database.read, {
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

/** `last` is a tag's name, or a sealed token of an earlier page. */
function afterOf(services: RegistryServices, text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const opened = cursor.safeParse(pageTokensOf(services, 'tags').open(text));
  return opened.success ? opened.data.after : text;
}
