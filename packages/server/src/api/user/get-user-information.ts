import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { userView, userViewSchema } from '#/api/user/user-view.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName } from '#/domain/namespaces/index.ts';

/** What everybody may know of a person (REST reference 9.1). */
export const getUserInformation = apiRoute({
  operationId: 'getUserInformation',
  method: 'GET',
  path: '/users/:username',
  group: 'user',
  resource: 'endpoints.api.user.Users',
  summary: 'Describes a user.',
  status: 200,
  access: anyCaller,
  request: { params: z.object({ username: z.string() }), query: z.unknown(), body: noBody },
  response: userViewSchema,
  async handle({ params, granted }, services) {
    const account = await findAccountByName(services.domain.database.read, params.username);
    if (account?.kind !== 'user') throw new DomainError('not_found', 'Not Found');
    return userView(services, granted, account);
  },
});
