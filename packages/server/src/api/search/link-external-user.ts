import { z } from 'zod';
import { loggedIn } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { avatarSchema } from '#/api/shapes/avatar.ts';
import { DomainError } from '#/domain/errors.ts';

/** Makes an account for a person of the directory; 404 where people are kept here (REST reference 9.28). */
export const linkExternalUser = apiRoute({
  operationId: 'linkExternalUser',
  method: 'POST',
  path: '/entities/link/:username',
  group: 'search',
  resource: 'endpoints.api.search.LinkExternalEntity',
  summary: 'Links a person of an external directory.',
  status: 200,
  access: loggedIn,
  internal: true,
  request: { params: z.object({ username: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({
    entity: z.object({
      name: z.string(),
      kind: z.literal('user'),
      is_robot: z.boolean(),
      avatar: avatarSchema,
    }),
  }),
  async handle() {
    throw new DomainError('not_found', 'Not Found');
  },
});
