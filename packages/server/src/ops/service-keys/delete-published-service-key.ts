import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { deleteServiceKey } from '#/domain/service-keys/index.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { getSigner, requireWritable, verifyWithSigner } from './find-signer.ts';
import { auditOf } from './put-service-key.ts';
import { parseServiceToken } from './service-token.ts';

/** A service takes back a key: one that still waits by itself only, else any approved key of the service may (registry-services reference E2). */
export const deletePublishedServiceKey = route({
  operationId: 'deletePublishedServiceKey',
  method: 'DELETE',
  url: '/keys/services/:service/keys/:kid',
  status: 204,
  access: {
    name: 'service-token',
    async check(services: OpsServices, request) {
      requireWritable(services);
      return parseServiceToken(request.headers.authorization);
    },
  },
  request: {
    params: z.object({ service: z.string(), kid: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.null(),
  async handle({ params: { service, kid }, granted: token }, services: OpsServices, request) {
    if (token.kid === undefined) {
      throw new DomainError('invalid_request', 'The header of the token must name its key (kid).');
    }
    const signer = await getSigner(services, service, token.kid);
    if (signer.kid !== kid && signer.approval === undefined) {
      throw new DomainError('denied', 'The key that signed the request waits for approval itself.');
    }
    verifyWithSigner(services, request, token, signer);
    const audit = auditOf(request);
    await deleteServiceKey(services.domain, {
      kid,
      service,
      retention: services.serviceKeyRetention,
      audit: { ...audit, metadata: { ...audit.metadata, signer_kid: signer.kid } },
    });
    return null;
  },
});
