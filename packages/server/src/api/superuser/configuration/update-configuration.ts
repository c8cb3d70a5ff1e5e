import { z } from 'zod';
import { superuserSession } from '#/api/access.ts';
import { apiRoute } from '#/api/api-route.ts';
import {
  authorOf,
  configurationField,
  configurationLimitBytes,
  savedShape,
  savedView,
} from '#/api/superuser/configuration/configuration-answers.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';

/** Replaces the keys of the configuration on every node; a masked secret stands for the stored one (configuration reference D.3). */
export const updateConfiguration = apiRoute({
  operationId: 'scUpdateConfig',
  method: 'PUT',
  path: '/superuser/config',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserConfig',
  summary: 'Validates and saves the configuration of all nodes.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: {
      kind: 'json',
      limitBytes: configurationLimitBytes,
      schema: z.object({
        config: configurationField,
        hostname: z.string().max(300).optional(),
        password: z.string().max(1000).optional(),
        /** Wharf's own: the version that the change was made from. */
        base_version: z.int().min(0).optional(),
        /** Wharf's own: why, for the history. */
        note: z.string().max(1000).optional(),
      }),
    },
  },
  response: z.object({ exists: z.literal(true), config: configurationField, ...savedShape }),
  async handle({ body, granted }, { configuration }, request) {
    const saved = await configuration.save(authorOf(granted, request), {
      config: body.config,
      hostname: body.hostname,
      password: body.password,
      base: body.base_version,
      note: body.note ?? '',
    });
    const { config } = await configuration.read();
    return { exists: true as const, config: { ...config }, ...savedView(saved) };
  },
});
