import { isDigestAlgorithm } from '@wharf/oci';
import { z } from 'zod';
import { mountBlob } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { startUpload as startUploadSession, uploadBlob } from '#/domain/uploads/index.ts';
import type { Answer } from '#/http/answer.ts';
import { type Route, route } from '#/http/route.ts';
import { streamBody } from '#/http/stream-body.ts';
import { canPush, type Granted } from '#/registry/access.ts';
import { findMountSource } from '#/registry/blob-uploads/find-mount-source.ts';
import { blobCreatedAnswer, bodyPlacementOf, uploadAnswer } from '#/registry/blob-uploads/upload-answer.ts';
import { digestOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

const params = z.object({ repository: z.string() });
const query = z.object({
  digest: z.string().optional(),
  mount: z.string().optional(),
  from: z.string().optional(),
  'digest-algorithm': z.string().optional(),
});

type StartUploadRoute = Route<
  RegistryServices,
  z.infer<typeof params>,
  z.infer<typeof query>,
  { readonly kind: 'stream' },
  Granted
>;

function startUploadAt(operationId: string, url: string): StartUploadRoute {
  return route({
    operationId,
    method: 'POST',
    url,
    status: 202,
    access: canPush,
    request: { params, query, body: { kind: 'stream' } },
    response: z.unknown(),
    async handle(input, services, request): Promise<Answer> {
      const { repository } = input.params;
      const repositoryId = input.granted.repository.id;
      if (input.query.mount !== undefined) {
        const mounted = await mount(services, input.granted, input.query.mount, input.query.from);
        if (mounted) return blobCreatedAnswer(request, repository, input.query.mount);
      } else if (input.query.digest !== undefined) {
        const digest = digestOf(input.query.digest);
        await uploadBlob(services.domain, {
          repositoryId,
          digest,
          body: streamBody(input.body),
          ...bodyPlacementOf(request),
        });
        return blobCreatedAnswer(request, repository, digest);
      }
      const algorithm = input.query['digest-algorithm'] ?? 'sha256';
      if (!isDigestAlgorithm(algorithm)) {
        throw new DomainError(
          'digest_invalid',
          'Only the digest algorithms sha256 and sha512 are supported.',
        );
      }
      const upload = await startUploadSession(services.domain, { repositoryId, algorithm });
      return uploadAnswer(202, request, repository, upload);
    },
  });
}

/** POST: a new upload session, a whole blob in one request, or a mount (registry reference A7.1, A7.4). */
export const startUpload = startUploadAt('startUpload', '/v2/:repository/blobs/uploads/');

/** The same without the slash at the end, which some clients leave out. */
export const startUploadWithoutSlash = startUploadAt(
  'startUploadWithoutSlash',
  '/v2/:repository/blobs/uploads',
);

/**
 * Links a blob that another repository holds. Whatever stands in the way (no such repository, no right to read it, no such
 * blob), the client gets an ordinary session instead and learns nothing.
 */
async function mount(
  services: RegistryServices,
  granted: Granted,
  digestText: string,
  from: string | undefined,
): Promise<boolean> {
  const digest = digestOf(digestText);
  const source = await findMountSource(services, { principal: granted.principal, digest, from });
  if (source === undefined) return false;
  return (
    (await mountBlob(services.domain, { digest, from: source, to: granted.repository.id })) !== undefined
  );
}
