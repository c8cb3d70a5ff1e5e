import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { getPresentAccount, superuserGate } from '#/api/superuser/superuser-gate.ts';
import { findPresentAccount, takeOwnership as takeOver } from '#/domain/namespaces/index.ts';
import { forgetPerson } from '#/domain/repositories/index.ts';

/** Makes the caller administrator of an organization, or of what a person becomes (REST reference A.1). */
export const takeOwnership = apiRoute({
  operationId: 'takeOwnership',
  method: 'POST',
  path: '/superuser/takeownership/:namespace',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserTakeOwnership',
  summary: 'Makes the caller owner of a namespace; a user becomes an organization.',
  status: 200,
  access: superuser,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.object({ namespace: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ namespace: z.string() }),
  async handle({ params, granted }, services, request) {
    const { domain } = services;
    const account =
      (await findPresentAccount(domain.database.read, 'user', params.namespace)) ??
      (await getPresentAccount(services, 'organization', params.namespace));
    await takeOver(domain, {
      accountId: account.id,
      superuser: granted.account,
      performer: performerOfCall(granted, request),
      forgetPerson,
    });
    return { namespace: account.name };
  },
});
