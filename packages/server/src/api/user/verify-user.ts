import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { newCsrfToken } from '#/auth/sessions/session-cookie.ts';
import { browserHeaders } from '#/auth/sessions/sign-in.ts';
import { verifyOwnPassword } from '#/auth/verify-own-password.ts';
import { refreshSession } from '#/domain/sign-in/index.ts';
import { jsonAnswer } from '#/http/answer.ts';

/** The password once more, so that the session counts as fresh (REST reference 3.5). */
export const verifyUser = apiRoute({
  operationId: 'verifyUser',
  method: 'POST',
  path: '/signin/verify',
  group: 'user',
  resource: 'endpoints.api.user.VerifyUser',
  summary: 'Verifies the password of the person who is signed in.',
  status: 200,
  access: selfAdmin,
  internal: true,
  allowedWhileReadOnly: true,
  request: { params: z.unknown(), query: z.unknown(), body: jsonBody(z.object({ password: z.string() })) },
  response: z.object({ success: z.boolean() }),
  async handle({ body, granted: { account, caller } }, { domain, settings, basic }) {
    const verification = await verifyOwnPassword(domain, basic.engine, account, body.password);
    if ('refusal' in verification) {
      if (verification.refusal.code === 'login_throttled') throw verification.refusal;
      return jsonAnswer(403, { message: verification.refusal.message, invalidCredentials: true });
    }
    if (caller.kind !== 'session' || verification.account.id !== account.id) {
      return jsonAnswer(200, { success: true });
    }
    await refreshSession(domain, caller.session);
    const browser = { ...caller.browser, csrfToken: newCsrfToken() };
    return jsonAnswer(200, { success: true }, browserHeaders(settings.session, browser));
  },
});
