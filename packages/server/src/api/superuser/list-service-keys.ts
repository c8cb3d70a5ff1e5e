import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { serviceKeySchema, serviceKeyViews } from '#/api/superuser/service-key-view.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { listServiceKeys as listKeys } from '#/domain/service-keys/index.ts';

/** Every key, those that wait and those that have expired too (REST reference A.5). */
export const listServiceKeys = apiRoute({
  operationId: 'listServiceKeys',
  method: 'GET',
  path: '/superuser/keys',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserServiceKeyManagement',
  summary: 'Lists the service keys.',
  status: 200,
  access: superuser,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ keys: z.array(serviceKeySchema) }),
  async handle(_input, services) {
    const keys = await listKeys(services.domain.database.read);
    return { keys: await serviceKeyViews(services, keys) };
  },
});
