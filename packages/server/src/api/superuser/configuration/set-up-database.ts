import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { firstStep } from '#/api/superuser/configuration/first-step.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { DomainError } from '#/domain/errors.ts';

/** Refused at all times: the tables are made before a server answers, and this step is for databases without any. */
export const setUpDatabase = apiRoute({
  operationId: 'scSetupDatabase',
  method: 'GET',
  path: '/superuser/setupdb',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserSetupDatabase',
  summary: 'Is refused: a running server has its tables.',
  status: 200,
  access: firstStep,
  internal: true,
  allowedAnonymously: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ logs: z.array(z.object({ level: z.string(), message: z.string() })) }),
  async handle() {
    throw new DomainError(
      'denied',
      'The database has its tables already; the server made them when it started.',
    );
  },
});
