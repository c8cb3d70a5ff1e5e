import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { signOutHeaders } from '#/auth/sessions/sign-in.ts';
import { endAllSessions } from '#/domain/sign-in/index.ts';
import { jsonAnswer } from '#/http/answer.ts';

/** Signs the caller out, in every browser (REST reference 3.2); nobody is signed out as well. */
export const logout = apiRoute({
  operationId: 'logout',
  method: 'POST',
  path: '/signout',
  group: 'user',
  resource: 'endpoints.api.user.Signout',
  summary: 'Signs the caller out, in every browser.',
  status: 200,
  access: anyCaller,
  internal: true,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ success: z.boolean() }),
  async handle({ granted }, { domain, settings }, request) {
    const { caller } = granted;
    if (caller.kind === 'session') {
      await endAllSessions(domain, {
        accountId: caller.account.id,
        performer: performerOfCall(granted, request),
      });
    }
    return jsonAnswer(200, { success: true }, signOutHeaders(settings.session));
  },
});
