import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { plainText } from '#/api/shapes/plain-text.ts';
import { expirationField, expirationMs } from '#/api/superuser/service-key-view.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { DomainError } from '#/domain/errors.ts';
import { createServiceKey as createKey, generateServiceKeyPair } from '#/domain/service-keys/index.ts';

/** Makes a pair of keys, of which only the public half is kept; it is approved at once (REST reference A.5). */
export const createServiceKey = apiRoute({
  operationId: 'createServiceKey',
  method: 'POST',
  path: '/superuser/keys',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserServiceKeyManagement',
  summary: 'Creates a service key and shows its private half once.',
  status: 200,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        service: z.string(),
        expiration: expirationField,
        name: z.string().optional(),
        metadata: z.record(z.string(), z.unknown()).optional(),
        notes: plainText.optional(),
      }),
    ),
  },
  response: z.object({
    kid: z.string(),
    name: z.string(),
    service: z.string(),
    public_key: z.string(),
    private_key: z.string(),
  }),
  async handle({ body, granted }, { domain, settings }, request) {
    const expiresMs = expirationMs(body.expiration);
    if (expiresMs !== null && expiresMs <= domain.clock.nowMs()) {
      throw new DomainError('invalid_request', 'The expiration must lie in the future.');
    }
    const pair = await generateServiceKeyPair();
    const key = await createKey(domain, {
      kid: pair.kid,
      service: body.service,
      jwk: pair.jwk,
      name: body.name ?? '',
      metadata: {
        ...body.metadata,
        created_by: 'Quay Superuser Panel',
        creator: granted.account.name,
        ip: request.ip,
      },
      expiresMs,
      approval: { type: 'Super User API', approverId: granted.account.id, notes: body.notes ?? '' },
      retention: settings.serviceKeyRetention,
      audit: { performer: performerOfCall(granted, request) },
    });
    return {
      kid: key.kid,
      name: key.name,
      service: key.service,
      public_key: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      // The form that services for Quay read.
      private_key: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    };
  },
});
