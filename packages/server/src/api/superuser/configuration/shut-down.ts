import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { superuserOrFirstStep } from '#/api/superuser/configuration/first-step.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';

/** Stops this node, so that whatever watches it starts it again with the saved configuration. */
export const shutDown = apiRoute({
  operationId: 'scShutdownContainer',
  method: 'POST',
  path: '/superuser/shutdown',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserShutdown',
  summary: 'Stops this node, which whatever watches it starts again.',
  status: 200,
  access: superuserOrFirstStep,
  internal: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({}),
  async handle({ granted }, { configuration, domain }, request) {
    domain.logger.warn(
      { by: performerOfCall(granted, request).metadata.username },
      'a restart was asked for',
    );
    configuration.restart();
    return {};
  },
});
