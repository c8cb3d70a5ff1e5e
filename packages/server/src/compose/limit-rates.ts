import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notedOrigin } from '#/http/client-of.ts';
import { createRateLimits } from '#/http/rate-limits.ts';
import { findRateZone } from '#/http/rate-zones.ts';

const tooMany = 'Too many requests. Wait a moment and try again.';

/** `FEATURE_RATE_LIMITS`: answers 429 to clients that ask too often, before anything else is done for them. */
export function limitRates(
  app: FastifyInstance,
  options: {
    /** Read for every request, so that they may change. */
    readonly rules: {
      readonly active: boolean;
      /** `NON_RATE_LIMITED_NAMESPACES` */
      readonly exemptNamespaces: readonly string[];
    };
    /** Processes among which the connections of a client are spread. */
    readonly processes: number;
    readonly nowMs: () => number;
  },
): void {
  const limits = createRateLimits(options.nowMs, 1 / options.processes);
  const { rules } = options;
  app.addHook('onRequest', (request, reply, done) => {
    const limited = rules.active ? findRateZone(request.originalUrl) : undefined;
    if (
      limited === undefined ||
      (limited.namespace !== undefined && rules.exemptNamespaces.includes(limited.namespace))
    ) {
      done();
      return;
    }
    const client = limited.byCredentials ? credentialsOf(request) : addressOf(request);
    const waitSeconds = limits.take(limited.zone, `${limited.namespace ?? ''} ${client}`);
    if (waitSeconds === undefined) {
      done();
      return;
    }
    const isApi = request.originalUrl.startsWith('/api/');
    const body = isApi
      ? { status: 429, error_type: 'too_many_requests', detail: tooMany, message: tooMany }
      : { errors: [{ code: 'TOOMANYREQUESTS', message: tooMany, detail: {} }] };
    reply
      .code(429)
      .header('retry-after', Math.max(1, Math.ceil(waitSeconds)))
      .header('content-type', 'application/json')
      .send(JSON.stringify(body));
  });
}

function addressOf(request: FastifyRequest): string {
  return notedOrigin(request.raw).address;
}

/** A digest, so that no credentials stay in memory; nobody's requests are told apart by address. */
function credentialsOf(request: FastifyRequest): string {
  const { authorization } = request.raw.headers;
  return authorization === undefined ? addressOf(request) : hash('sha256', authorization, 'base64url');
}
