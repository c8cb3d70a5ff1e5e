import { z } from 'zod';
import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { sessionCookie } from '#/auth/sessions/session-cookie.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { corsHeaders } from '#/http/cors.ts';
import { route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';

/** The token that calls of this browser's session must carry, with the cookie that it belongs to (REST reference G.2). */
export const getCsrfToken = route({
  operationId: 'getCsrfToken',
  method: 'GET',
  url: '/csrf_token',
  status: 200,
  access: { name: 'public', check: async () => undefined },
  request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
  response: z.object({ csrf_token: z.string() }),
  async handle(_input, { domain, settings }: LoginServices, request) {
    const { browser } = await identifyCaller(domain, settings.session, { cookie: request.headers.cookie });
    const anyOrigin = settings.corsOrigins.every((origin) => origin === '*');
    return jsonAnswer(
      200,
      { csrf_token: browser.csrfToken },
      {
        // Any origin at all would let every page read the token of its visitors.
        ...(anyOrigin ? {} : corsHeaders(settings.corsOrigins, request.headers.origin)),
        'cache-control': 'no-store',
        'set-cookie': sessionCookie(settings.session, browser),
      },
    );
  },
});
