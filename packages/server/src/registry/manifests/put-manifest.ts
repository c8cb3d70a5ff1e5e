import { findContentType, findManifestKind, mediaTypes, type Reference, type TagName } from '@wharf/oci';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { performerOf } from '#/domain/logs/index.ts';
import { mostTagsPerPush, pushManifest } from '#/domain/tags/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { readBody } from '#/http/read-body.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { type AccessRule, route } from '#/http/route.ts';
import { canPush, type Granted } from '#/registry/access.ts';
import { writeReferenceOf } from '#/registry/manifests/manifest-reference.ts';
import { tagOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** The media type is judged before the token (registry reference A4.2). */
const canPushManifest: AccessRule<RegistryServices, { readonly repository: string }, Granted> = {
  name: 'repository-push',
  check(services, request, params) {
    mediaTypeOf(request.headers['content-type']);
    return canPush.check(services, request, params);
  },
};

/** PUT of a manifest by tag, or by digest with any number of tags (registry reference A8). */
export const putManifest = route({
  operationId: 'putManifest',
  method: 'PUT',
  url: '/v2/:repository/manifests/:reference',
  status: 201,
  access: canPushManifest,
  request: {
    params: z.object({ repository: z.string(), reference: z.string() }),
    query: z.object({ tag: z.union([z.string(), z.array(z.string())]).optional() }),
    body: { kind: 'stream' },
  },
  response: z.unknown(),
  async handle({ params, query, granted, body }, services: RegistryServices, request): Promise<Answer> {
    const reference = writeReferenceOf(params.reference);
    const tags = tagsOf(reference, query.tag);
    const mediaType = mediaTypeOf(request.headers['content-type']);
    const bytes = await readManifest(body, services.settings.maximumManifestSizeBytes);
    const pushed = await pushManifest(services.domain, {
      repository: granted.repository,
      mediaType,
      bytes,
      reference,
      tags,
      performer: performerOf(granted.principal, request.ip, requestFacts(request)),
    });
    const { registryTraffic } = services.metrics;
    registryTraffic.pushes.inc({ protocol: 'v2', status: 'success' });
    registryTraffic.imagePushes.inc({ protocol: 'v2', status: '201', media_type: pushed.mediaType });
    return answer({
      status: 201,
      headers: {
        location: `/v2/${params.repository}/manifests/${pushed.digest}`,
        'docker-content-digest': pushed.digest,
        'content-type': 'text/plain',
        ...(pushed.subjectDigest === undefined ? {} : { 'oci-subject': pushed.subjectDigest }),
        ...(tags.length === 0 ? {} : { 'oci-tag': tags }),
        ...(isSchema1(pushed.mediaType) ? { warning: schema1Warning } : {}),
      },
      body: 'OK',
    });
  },
});

/** Clients show it to the person who pushes, once (OCI distribution, "warnings"). */
const schema1Warning =
  '299 - "The image was pushed in the outdated format schema 1, which current engines do not pull: push it as an OCI or Docker schema 2 image."';

function isSchema1(mediaType: string): boolean {
  const kind = findManifestKind(mediaType);
  return kind === 'schema1' || kind === 'schema1-signed';
}

/** Media type of the body; absent or `application/json` leaves the decision to the body. Throws `manifest_type_unsupported`. */
function mediaTypeOf(header: string | undefined): string | undefined {
  const mediaType = findContentType(header);
  if (header === undefined || mediaType === mediaTypes.json) return undefined;
  if (mediaType !== undefined && findManifestKind(mediaType) !== undefined) return mediaType;
  throw new DomainError(
    'manifest_type_unsupported',
    'The Content-Type is none of a manifest that this registry knows.',
  );
}

function tagsOf(reference: Reference, tag: string | readonly string[] | undefined): readonly TagName[] {
  const texts = tag === undefined ? [] : typeof tag === 'string' ? [tag] : tag;
  if (texts.length === 0) return [];
  if ('tag' in reference) {
    throw new DomainError('invalid_request', 'The query parameter "tag" goes with a push by digest only.');
  }
  if (texts.length > mostTagsPerPush) {
    throw new DomainError('too_large', `One push can set at most ${mostTagsPerPush} tags.`);
  }
  return [...new Set(texts)].map(tagOf);
}

async function readManifest(body: Parameters<typeof readBody>[0], limitBytes: number): Promise<Buffer> {
  try {
    return await readBody(body, limitBytes);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'too_large') throw error;
    throw new DomainError('manifest_too_large', error.message, { detail: error.detail, cause: error });
  }
}
