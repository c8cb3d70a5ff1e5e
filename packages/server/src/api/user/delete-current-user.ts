import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { signOutHeaders } from '#/auth/sessions/sign-in.ts';
import { deleteNamespace } from '#/domain/gc/index.ts';
import { answer } from '#/http/answer.ts';

/** Deletes the caller's account with all that it holds, in the background (REST reference 9.1). */
export const deleteCurrentUser = apiRoute({
  operationId: 'deleteCurrentUser',
  method: 'DELETE',
  path: '/user/',
  group: 'user',
  resource: 'endpoints.api.user.User',
  summary: 'Deletes the own account.',
  status: 204,
  access: selfAdmin,
  internal: true,
  freshLogin: true,
  gate: (settings) => settings.authenticationType === 'Database',
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ granted }, { domain, settings }, request) {
    await deleteNamespace(domain, {
      accountId: granted.account.id,
      performer: performerOfCall(granted, request),
    });
    return answer({ status: 204, headers: signOutHeaders(settings.session) });
  },
});
