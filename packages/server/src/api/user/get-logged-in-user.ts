import { z } from 'zod';
import { type ApiAccess, type GrantedAccount, selfRead } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { userView, userViewSchema } from '#/api/user/user-view.ts';
import { DomainError } from '#/domain/errors.ts';

/** As selfRead; nobody is told in the words that clients look for. */
const selfOrSessionRequired: ApiAccess<unknown, GrantedAccount> = {
  ...selfRead,
  async check(services, caller, request, params) {
    if (caller.kind === 'anonymous') {
      throw new DomainError('unauthorized', 'Requires authentication', {
        detail: { session_required: false },
      });
    }
    return selfRead.check(services, caller, request, params);
  },
};

/** Who calls (REST reference 9.1). */
export const getLoggedInUser = apiRoute({
  operationId: 'getLoggedInUser',
  method: 'GET',
  path: '/user/',
  group: 'user',
  resource: 'endpoints.api.user.User',
  summary: 'Tells who is signed in.',
  status: 200,
  access: selfOrSessionRequired,
  allowedAnonymously: true,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: userViewSchema,
  handle: async ({ granted }, services) => userView(services, granted, granted.account),
});
