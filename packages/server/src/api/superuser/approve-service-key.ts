import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, bodyLimitBytes } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { plainText } from '#/api/shapes/plain-text.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { approveServiceKey as approveKey } from '#/domain/service-keys/index.ts';

/** Puts a waiting key into use; 201 also when it is in use already (REST reference A.5). */
export const approveServiceKey = apiRoute({
  operationId: 'approveServiceKey',
  method: 'POST',
  path: '/superuser/approvedkeys/:kid',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserServiceKeyApproval',
  summary: 'Approves a service key.',
  status: 201,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.object({ kid: z.string() }),
    query: z.unknown(),
    body: {
      kind: 'json',
      schema: z.object({ notes: plainText.nullish() }).optional(),
      limitBytes: bodyLimitBytes,
      optional: true,
    },
  },
  response: z.null(),
  async handle({ params: { kid }, body, granted }, { domain }, request) {
    await approveKey(domain, {
      kid,
      approval: { type: 'Super User API', approverId: granted.account.id, notes: body?.notes ?? '' },
      audit: { performer: performerOfCall(granted, request) },
    });
    return null;
  },
});
