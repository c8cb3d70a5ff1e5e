import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { answer, jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { debugCookie } from './debug-cookie.ts';

/** Opens the detail of health to the browser session that knows `ENABLE_HEALTH_DEBUG_SECRET`; 404 for every other secret, and without that key. */
export const enableDebug = route({
  operationId: 'enableHealthDebug',
  method: 'GET',
  url: '/health/enabledebug/:secret',
  status: 200,
  access: { name: 'public', check: async () => undefined },
  request: {
    params: z.object({ secret: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.string(),
  async handle({ params }, { domain, health: { debug } }: OpsServices, request) {
    // The secret is part of the address: nobody may be told the address later.
    const headers = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
    if (debug === undefined || !areEqual(params.secret, debug.secret)) {
      const error = { code: 'NOT_FOUND', message: 'There is nothing at this path.', detail: {} };
      return jsonAnswer(404, { errors: [error] }, headers);
    }
    const secure = request.baseUrl.startsWith('https:');
    return answer({
      status: 200,
      headers: {
        ...headers,
        'content-type': 'text/plain; charset=utf-8',
        'set-cookie': debugCookie(debug.cookieKey, { nowMs: domain.clock.nowMs(), secure }),
      },
      body: 'Health check debug information enabled',
    });
  },
});

/** Compares digests, so that the time tells nothing about the secret, not even its length. */
function areEqual(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
