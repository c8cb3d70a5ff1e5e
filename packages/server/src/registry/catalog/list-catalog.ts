import { z } from 'zod';
import { listCatalog as listCatalogNames } from '#/domain/repositories/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { anyCaller } from '#/registry/access.ts';
import { nextLink, pageSizeOf, pageTokensOf } from '#/registry/paging.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

const cursor = z.object({ namespace: z.string(), name: z.string() });
type Cursor = z.infer<typeof cursor>;

/** The repositories that the caller may pull, sorted (registry reference A14). */
export const listCatalog = route({
  operationId: 'listCatalog',
  method: 'GET',
  url: '/v2/_catalog',
  status: 200,
  access: anyCaller,
  request: {
    params: z.unknown(),
    query: z.object({
      n: z.string().optional(),
      last: z.string().optional(),
      next_page: z.string().optional(),
    }),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ query, granted }, services: RegistryServices, request) {
    const limit = pageSizeOf(query.n, services.settings.paginationSize);
    const after = afterOf(services, query.next_page ?? query.last);
    if (limit === 0) return jsonAnswer(200, { repositories: [] });
    const found = await listCatalogNames(services.domain, {
      principal: granted.principal,
      limit: limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const repositories = page.map(({ namespace, name }) => `${namespace}/${name}`);
    if (found.length <= limit || last === undefined) return jsonAnswer(200, { repositories });
    const token = pageTokensOf(services, 'catalog').seal({ namespace: last.namespace, name: last.name });
    return jsonAnswer(
      200,
      { repositories },
      { link: nextLink(request, { n: String(limit), next_page: token }) },
    );
  },
});

/** A sealed token, or the plain name of the last repository seen; anything else means the first page. */
function afterOf(services: RegistryServices, text: string | undefined): Cursor | undefined {
  if (text === undefined || text === '') return undefined;
  const opened = cursor.safeParse(pageTokensOf(services, 'catalog').open(text));
  if (opened.success) return opened.data;
  const slash = text.indexOf('/');
  return slash === -1
    ? { namespace: text, name: '' }
    : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
