import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';

/** What is new in this version (REST reference A.3). */
export const getChangeLog = apiRoute({
  operationId: 'getChangeLog',
  method: 'GET',
  path: '/superuser/changelog/',
  group: 'superuser',
  resource: 'endpoints.api.superuser.ChangeLog',
  summary: 'Shows the change log of the registry software, as Markdown.',
  status: 200,
  access: superuser,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ log: z.string() }),
  async handle(_input, { settings }) {
    return { log: await settings.readChangeLog() };
  },
});
