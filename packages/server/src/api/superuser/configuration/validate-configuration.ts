import { z } from 'zod';
import { superuserSession } from '#/api/access.ts';
import { apiRoute } from '#/api/api-route.ts';
import {
  configurationField,
  configurationLimitBytes,
} from '#/api/superuser/configuration/configuration-answers.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';

/** Tries one part of a configuration against the real service; nothing is saved (configuration reference C). */
export const validateConfiguration = apiRoute({
  operationId: 'scValidateConfig',
  method: 'POST',
  path: '/superuser/config/validate/:service',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserConfigValidate',
  summary: 'Tries one part of a configuration against the real service.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  allowedWhileReadOnly: true,
  gate: superuserGate,
  request: {
    params: z.object({ service: z.string() }),
    query: z.unknown(),
    body: {
      kind: 'json',
      limitBytes: configurationLimitBytes,
      schema: z.object({ config: configurationField, password: z.string().max(1000).optional() }),
    },
  },
  response: z.object({ status: z.boolean(), reason: z.string().optional() }),
  async handle({ params, body, granted }, { configuration }) {
    const result = await configuration.validate({
      service: params.service,
      config: body.config,
      account: granted.account,
      password: body.password,
    });
    if (result === undefined) return { status: false };
    return result.reason === null ? { status: true } : { status: false, reason: result.reason };
  },
});
