import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { getRegistrySize as findSize, queueRegistrySize } from '#/domain/blobs/index.ts';
import { answer } from '#/http/answer.ts';

const shared = {
  path: '/superuser/registrysize/',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserRegistrySize',
  access: superuser,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
} as const;

/** What the registry holds by the last measurement (REST reference A.3). */
export const getRegistrySize = apiRoute({
  ...shared,
  operationId: 'getRegistrySize',
  method: 'GET',
  summary: 'Shows how much the registry holds.',
  status: 200,
  response: z.object({
    size_bytes: z.number(),
    last_ran: z.number().nullable(),
    queued: z.boolean(),
    running: z.boolean(),
  }),
  async handle(_input, { domain }) {
    const { sizeBytes, completedMs, queued, running } = await findSize(domain);
    return { size_bytes: sizeBytes, last_ran: completedMs, queued, running };
  },
});

/** Asks for a measurement: 201, or 202 when one is on its way already (REST reference A.3). */
export const queueRegistrySizeCalculation = apiRoute({
  ...shared,
  operationId: 'queueRegistrySizeCalculation',
  method: 'POST',
  summary: 'Asks for a measurement of how much the registry holds.',
  status: 201,
  response: z.null(),
  async handle(_input, { domain }) {
    const queued = await queueRegistrySize(domain);
    return answer({ status: queued ? 201 : 202 });
  },
});
