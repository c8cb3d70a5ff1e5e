import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { findServiceKey, listActiveServiceKeys } from '#/domain/service-keys/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { Refusal } from '#/http/refusal.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';

const longestAgeSeconds = 86_400;
const everybody = { name: 'public', check: async () => undefined };

/** The keys of a service with which its tokens can be verified now (registry-services reference E2). */
export const listPublishedServiceKeys = route({
  operationId: 'listPublishedServiceKeys',
  method: 'GET',
  url: '/keys/services/:service/keys',
  status: 200,
  access: everybody,
  request: { params: z.object({ service: z.string() }), query: z.unknown(), body: { kind: 'none' } },
  response: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  async handle({ params: { service } }, { domain }: OpsServices) {
    const nowMs = domain.clock.nowMs();
    const keys = await listActiveServiceKeys(domain.database.read, { service, nowMs });
    return { keys: keys.map(({ jwk, kid }) => ({ ...jwk, kid })) };
  },
});

/** One key as it was uploaded, cacheable until it ends: 409 while it waits for approval, 403 once it has expired (E2). */
export const getPublishedServiceKey = route({
  operationId: 'getPublishedServiceKey',
  method: 'GET',
  url: '/keys/services/:service/keys/:kid',
  status: 200,
  access: everybody,
  request: {
    params: z.object({ service: z.string(), kid: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.record(z.string(), z.unknown()),
  async handle({ params }, { domain, serviceKeyRetention }: OpsServices) {
    const key = await findServiceKey(domain.database.read, params);
    const nowMs = domain.clock.nowMs();
    const leftMs = key?.expiresMs === null ? Number.POSITIVE_INFINITY : (key?.expiresMs ?? 0) - nowMs;
    if (key === undefined || leftMs < -serviceKeyRetention.expiredKeyLifeSeconds * 1000) {
      throw new DomainError('not_found', 'The service has no key with this id.');
    }
    if (key.approval === undefined) {
      throw new Refusal(jsonAnswer(409, { error: 'The key waits for the approval of a superuser.' }));
    }
    if (leftMs <= 0) throw new DomainError('denied', 'The key has expired.');
    const ageSeconds = Math.min(longestAgeSeconds, Math.floor(leftMs / 1000));
    return jsonAnswer(200, key.jwk, { 'cache-control': `max-age=${ageSeconds}` });
  },
});
