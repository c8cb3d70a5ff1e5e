import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { createServiceKey, isServiceKeyActive, rotateServiceKey } from '#/domain/service-keys/index.ts';
import { answer } from '#/http/answer.ts';
import { readBody } from '#/http/read-body.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { getSigner, requireWritable, verifyWithSigner } from './find-signer.ts';
import { parsePublicJwk } from './parse-public-jwk.ts';
import { parseServiceToken, type ServiceToken, verifyServiceToken } from './service-token.ts';

const bodyLimitBytes = 32 * 1024;
const longestUserAgent = 255;

/** Whole seconds; jwtproxy writes no fractions. */
const seconds = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9]{1,${digits}}$`), 'must be a number of whole seconds')
    .transform(Number)
    .optional();

/**
 * A service hands in a public key: one that signs for itself waits for a superuser (202), one that an active key of the service vouches
 * for takes its place at once (200; registry-services reference E2).
 */
export const putServiceKey = route({
  operationId: 'putServiceKey',
  method: 'PUT',
  url: '/keys/services/:service/keys/:kid',
  status: 200,
  access: {
    name: 'service-token',
    async check(services: OpsServices, request) {
      requireWritable(services);
      return parseServiceToken(request.headers.authorization);
    },
  },
  request: {
    params: z.object({ service: z.string().regex(/^[a-z0-9_]{1,255}$/), kid: z.string().min(1).max(255) }),
    query: z.object({ expiration: seconds(11), rotation: seconds(9) }),
    body: { kind: 'stream' },
  },
  response: z.null(),
  async handle({ params, query, body, granted: token }, services: OpsServices, request) {
    const { domain, serviceKeyRetention: retention } = services;
    const { service, kid } = params;
    const { jwk, key } = parsePublicJwk(parseJson(await readBody(body, bodyLimitBytes)), kid);
    const expiresMs = query.expiration === undefined ? null : query.expiration * 1000;
    if (expiresMs !== null && expiresMs <= domain.clock.nowMs()) {
      throw new DomainError(
        'invalid_request',
        'The expiration must lie in the future, in seconds since the epoch.',
      );
    }
    const audit = auditOf(request);
    if (token.kid === undefined || token.kid === kid) {
      const expected = { issuer: service, baseUrl: request.baseUrl, nowMs: domain.clock.nowMs() };
      verifyServiceToken(token, key, expected);
      await createServiceKey(domain, {
        kid,
        service,
        jwk,
        metadata: { ip: request.ip },
        expiresMs,
        rotationDurationSeconds: query.rotation ?? null,
        retention,
        audit,
      });
      return answer({ status: 202 });
    }
    await requireActiveSigner(services, request, service, { ...token, kid: token.kid });
    await rotateServiceKey(domain, {
      service,
      signerKid: token.kid,
      kid,
      jwk,
      expiresMs,
      metadata: { created_by: 'Key Rotation', ip: request.ip },
      retention,
      audit,
    });
    return null;
  },
});

async function requireActiveSigner(
  services: OpsServices,
  request: RequestContext,
  service: string,
  token: ServiceToken & { readonly kid: string },
): Promise<void> {
  const signer = await getSigner(services, service, token.kid);
  if (!isServiceKeyActive(signer, services.domain.clock.nowMs())) {
    throw new DomainError('denied', 'The key that signed the request waits for approval itself.');
  }
  verifyWithSigner(services, request, token, signer);
}

/** Nobody is logged in here: the audit row says from where and with what program the key came. */
export function auditOf(request: RequestContext) {
  const metadata = {
    user_agent: (request.headers['user-agent'] ?? '').slice(0, longestUserAgent),
    ip: request.ip,
  };
  return { performer: { accountId: null, ip: request.ip, metadata: {} }, metadata };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new DomainError('invalid_request', 'The body must be a public key as JSON (JWK).');
  }
}
