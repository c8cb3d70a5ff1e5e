import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { canCreateInitialUser } from '#/domain/namespaces/index.ts';

/** How far the registry is set up; a running server always has its configuration and its tables (configuration reference D.3). */
export const registryStatus = apiRoute({
  operationId: 'scRegistryStatus',
  method: 'GET',
  path: '/superuser/registrystatus',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserRegistryStatus',
  summary: 'Tells how far the registry is set up.',
  status: 200,
  access: anyCaller,
  internal: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.union([
    z.object({ status: z.enum(['create-superuser', 'config']) }),
    z.object({ status: z.literal('ready'), provider_id: z.literal('file'), requires_restart: z.boolean() }),
  ]),
  async handle(_input, { configuration, domain, settings }) {
    if (await canCreateInitialUser(domain)) return { status: 'create-superuser' as const };
    if (!settings.setupComplete) return { status: 'config' as const };
    const requires_restart = await configuration.requiresRestart();
    return { status: 'ready' as const, provider_id: 'file' as const, requires_restart };
  },
});
