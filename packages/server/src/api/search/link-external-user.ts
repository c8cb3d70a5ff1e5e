import { z } from 'zod';
import { loggedIn } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { userEntity, userEntitySchema } from '#/api/shapes/entities.ts';
import { canNamePerson } from '#/auth/engines/can-name-person.ts';
import { DomainError } from '#/domain/errors.ts';
import { linkExternalPerson } from '#/domain/sign-in/index.ts';

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
  response: z.object({ entity: userEntitySchema }),
  async handle({ params, granted }, { domain, basic }, request) {
    const { people, service } = basic.engine;
    if (people === undefined || service === undefined) throw new DomainError('not_found', 'Not Found');
    const { username } = params;
    const person = canNamePerson(username) ? await people.findPerson(username) : undefined;
    if (person === undefined) {
      throw new DomainError('invalid_request', 'The directory has no such person.', { detail: { username } });
    }
    const account = await linkExternalPerson(
      domain,
      {
        service,
        identifier: person.username,
        username: person.username,
        email: person.email,
        mayTakeSuperuserName: true,
      },
      performerOfCall(granted, request),
    );
    return { entity: userEntity({ kind: account.kind, name: account.name, email: account.email }) };
  },
});
