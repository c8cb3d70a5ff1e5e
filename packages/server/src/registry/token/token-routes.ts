import { z } from 'zod';
import { jsonAnswer } from '#/http/answer.ts';
import { type AnyRoute, type Method, route } from '#/http/route.ts';
import { issueToken } from './issue-token.ts';
import type { TokenServices } from './token-services.ts';

/**
 * Another method at the token service: 405, upon which clients that tried the OAuth2 form fall back to GET (H-8). The body, which
 * may hold a password, is not looked at, so this never counts as a failed log-in.
 */
function refuse(method: Method): AnyRoute<TokenServices> {
  return route({
    operationId: `refuseToken${method}`,
    method,
    url: '/v2/auth',
    status: 405,
    access: { name: 'public', check: async () => undefined },
    request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
    response: z.unknown(),
    async handle(_input, _services: TokenServices) {
      const error = { code: 'UNSUPPORTED', message: 'Ask for a token with GET.', detail: {} };
      return jsonAnswer(405, { errors: [error] }, { allow: 'GET' });
    },
  });
}

const refusedMethods: readonly Method[] = ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** `/v2/auth`, whose services differ from those of the other registry routes. */
export const tokenRoutes: readonly AnyRoute<TokenServices>[] = [issueToken, ...refusedMethods.map(refuse)];
