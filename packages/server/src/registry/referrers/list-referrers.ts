import { mediaTypes } from '@wharf/oci';
import { z } from 'zod';
import { listReferrers as listReferrersOfSubject } from '#/domain/tags/index.ts';
import { answer, jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canPull } from '#/registry/access.ts';
import { nextLink, pageSizeOf, pageTokensOf } from '#/registry/paging.ts';
import { digestOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** Many clients do not follow a Link here: whatever fits into the largest index that they take is on the first page. */
const largestPage = 5000;

const cursor = z.object({ source: z.enum(['subject', 'fallback']), after: z.string() });
type ReferrersCursor = z.infer<typeof cursor>;

/**
 * GET of everything that names a digest as its subject, as an OCI index, with a `Link` to the rest (OCI distribution, "listing
 * referrers"; registry reference A15).
 */
export const listReferrers = route({
  operationId: 'listReferrers',
  method: 'GET',
  url: '/v2/:repository/referrers/:digest',
  status: 200,
  access: canPull,
  request: {
    params: z.object({ repository: z.string(), digest: z.string() }),
    query: z.object({
      artifactType: z.string().optional(),
      n: z.string().optional(),
      next_page: z.string().optional(),
    }),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ params, query, granted }, services: RegistryServices, request) {
    if (!services.settings.featureReferrersApi) return answer({ status: 404 });
    const { artifactType, n } = query;
    const limit = pageSizeOf(n, largestPage);
    const filter = artifactType === undefined ? {} : { artifactType };
    const page =
      limit === 0
        ? { referrers: [], next: undefined }
        : await listReferrersOfSubject(services.domain, {
            repositoryId: granted.repository.id,
            subject: digestOf(params.digest),
            after: openCursor(services, query.next_page),
            limit,
            ...filter,
          });
    const { next } = page;
    const seal = (cursor: ReferrersCursor): Record<string, string> => ({
      ...(n === undefined ? {} : { n: String(limit) }),
      ...filter,
      next_page: pageTokensOf(services, 'referrers').seal(cursor),
    });
    return jsonAnswer(
      200,
      { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: page.referrers },
      {
        'content-type': mediaTypes.ociIndex,
        ...(artifactType === undefined ? {} : { 'oci-filters-applied': 'artifactType' }),
        ...(next === undefined ? {} : { link: nextLink(request, seal(next)) }),
      },
    );
  },
});

/** Anything but a token of this list means the first page. */
function openCursor(services: RegistryServices, token: string | undefined): ReferrersCursor | undefined {
  if (token === undefined) return undefined;
  const opened = cursor.safeParse(pageTokensOf(services, 'referrers').open(token));
  return opened.success ? opened.data : undefined;
}
