import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import {
  expirationField,
  expirationMs,
  serviceKeySchema,
  serviceKeyView,
} from '#/api/superuser/service-key-view.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import {
  deleteServiceKey as deleteKey,
  findServiceKeyById,
  unixSeconds,
  updateServiceKey as updateKey,
} from '#/domain/service-keys/index.ts';

const shared = {
  path: '/superuser/keys/:kid',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserServiceKey',
  access: superuser,
  gate: superuserGate,
} as const;
const params = z.object({ kid: z.string() });

/** REST reference A.5. */
export const getServiceKey = apiRoute({
  ...shared,
  operationId: 'getServiceKey',
  method: 'GET',
  summary: 'Shows a service key.',
  status: 200,
  request: { params, query: z.unknown(), body: noBody },
  response: serviceKeySchema,
  async handle({ params: { kid } }, services) {
    return serviceKeyView(services, await findServiceKeyById(services.domain.database.read, kid));
  },
});

/** Changes the name, the metadata or the end of a key (REST reference A.5). */
export const updateServiceKey = apiRoute({
  ...shared,
  operationId: 'updateServiceKey',
  method: 'PUT',
  summary: 'Changes a service key.',
  status: 200,
  freshLogin: true,
  request: {
    params,
    query: z.unknown(),
    body: jsonBody(
      z.object({
        name: z.string().optional(),
        metadata: z.record(z.string(), z.unknown()).optional(),
        expiration: expirationField.optional(),
      }),
    ),
  },
  response: serviceKeySchema,
  async handle({ params: { kid }, body, granted }, services, request) {
    const { expiration } = body;
    const key = await updateKey(services.domain, {
      kid,
      name: body.name,
      metadata: body.metadata,
      expiresMs: expiration === undefined ? undefined : expirationMs(expiration),
      audit: { performer: performerOfCall(granted, request) },
    });
    return serviceKeyView(services, key);
  },
});

/** Takes a key out of use for good (REST reference A.5). */
export const deleteServiceKey = apiRoute({
  ...shared,
  operationId: 'deleteServiceKey',
  method: 'DELETE',
  summary: 'Deletes a service key.',
  status: 204,
  freshLogin: true,
  request: { params, query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params: { kid }, granted }, { domain, settings }, request) {
    await deleteKey(domain, {
      kid,
      retention: settings.serviceKeyRetention,
      audit: { performer: performerOfCall(granted, request) },
      more: ({ createdMs }) => ({ created_date: unixSeconds(createdMs) }),
    });
    return null;
  },
});
