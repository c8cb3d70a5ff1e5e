import { mediaTypes, parseAccept, type Reference } from '@wharf/oci';
import { z } from 'zod';
import { performerOf } from '#/domain/logs/index.ts';
import {
  type FoundManifest,
  findManifest,
  type ManifestRequest,
  statManifest,
} from '#/domain/manifests/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { type RequestContext, type Route, route } from '#/http/route.ts';
import { canPull, type Granted } from '#/registry/access.ts';
import { isNotModified } from '#/registry/blobs/blob-headers.ts';
import { readReferenceOf } from '#/registry/manifests/manifest-reference.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

const params = z.object({ repository: z.string(), reference: z.string() });

type ManifestRoute = Route<
  RegistryServices,
  z.infer<typeof params>,
  unknown,
  { readonly kind: 'none' },
  Granted
>;

type Find = (services: RegistryServices, request: ManifestRequest) => Promise<FoundManifest>;

function readManifest(operationId: string, method: 'GET' | 'HEAD', find: Find): ManifestRoute {
  return route({
    operationId,
    method,
    url: '/v2/:repository/manifests/:reference',
    status: 200,
    access: canPull,
    request: { params, query: z.unknown(), body: { kind: 'none' } },
    response: z.unknown(),
    async handle(input, services: RegistryServices, request): Promise<Answer> {
      const reference = readReferenceOf(input.params.reference);
      const { granted } = input;
      const found = await find(services, {
        repository: granted.repository,
        reference,
        accept: parseAccept(request.headers.accept),
      });
      await logPull(services, request, granted, reference);
      const headers = {
        'docker-content-digest': found.digest,
        etag: `"${found.digest}"`,
        // The answer depends on Accept, and what a tag names can change at any time.
        vary: 'Accept',
        'cache-control': 'private, no-cache',
      };
      if (isNotModified(request.headers['if-none-match'], found.digest))
        return answer({ status: 304, headers });
      const full = { ...headers, 'content-type': found.mediaType };
      return found.bytes === undefined
        ? answer({ status: 200, headers: { ...full, 'content-length': found.sizeBytes } })
        : answer({ status: 200, headers: full, body: found.bytes });
    },
  });
}

/** What a reference names is looked up every time; only the bytes of a digest that cannot change come from memory. */
async function findCached(services: RegistryServices, request: ManifestRequest): Promise<FoundManifest> {
  const { contentCache } = services;
  const known = await statManifest(services.domain, request);
  if (known.bytes !== undefined) return known;
  // The digest of a signed schema 1 manifest is that of its payload, which may be a blob of somebody else: it does not name these bytes.
  if (known.mediaType === mediaTypes.schema1Signed) return findManifest(services.domain, request);
  const cached = contentCache.get(known.digest);
  if (cached !== undefined) return { ...known, bytes: cached };
  const found = await findManifest(services.domain, request);
  if (found.bytes !== undefined) contentCache.set(found.digest, found.bytes);
  return found;
}

/** GET of a manifest by tag or digest, in a form that the client accepts (registry reference A10). */
export const getManifest = readManifest('getManifest', 'GET', findCached);

/** HEAD of a manifest: the same headers without reading its bytes where no conversion is needed. */
export const headManifest = readManifest('headManifest', 'HEAD', (services, request) =>
  statManifest(services.domain, request),
);

/** The audit entry that GET and HEAD leave alike (registry reference A10.7). */
async function logPull(
  services: RegistryServices,
  request: RequestContext,
  granted: Granted,
  reference: Reference,
): Promise<void> {
  const { registryTraffic } = services.metrics;
  registryTraffic.pulls.inc({ protocol: 'v2', status: 'success' });
  registryTraffic.imagePulls.inc({
    protocol: 'v2',
    ref: 'tag' in reference ? 'tag' : 'manifest',
    status: '200',
  });
  if (services.domain.settings.readOnly) return;
  const { repository } = granted;
  const performer = performerOf(granted.principal, request.ip, requestFacts(request));
  await services.pullLog.record({
    kind: 'pull_repo',
    accountId: repository.namespaceId,
    performerId: performer.accountId,
    repositoryId: repository.id,
    ip: performer.ip,
    request: performer.request,
    metadata: {
      ...performer.metadata,
      repo: repository.name,
      namespace: repository.namespace,
      ...('tag' in reference ? { tag: reference.tag } : { manifest_digest: reference.digest }),
    },
  });
}
