import { z } from 'zod';
import { isGlobalReader, refused, superuserSession } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { authorOf } from '#/api/superuser/configuration/configuration-answers.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { answer, jsonAnswer } from '#/http/answer.ts';

const archiveLimitBytes = 4 * 1024 ** 2;

/** The whole directory with its secrets, as Quay's configuration tool offers it. */
export const getConfigurationArchive = apiRoute({
  operationId: 'scGetConfigTarball',
  method: 'GET',
  path: '/configapp/tarconfig',
  group: 'suconfig',
  resource: 'config_app.config_endpoints.api.tar_config_loader.TarConfigLoader',
  summary: 'Downloads the configuration with its secrets as a gzipped tar archive.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.unknown(),
  async handle({ granted }, services) {
    const { configuration, domain } = services;
    // Who may change nothing must not have the keys with which everything could be changed.
    if (isGlobalReader(services, granted.caller)) throw refused(granted.caller);
    const body = await configuration.pack();
    domain.logger.warn({ by: granted.account.name }, 'the configuration was downloaded with its secrets');
    return answer({
      status: 200,
      headers: {
        'content-type': 'application/gzip',
        'content-disposition': 'attachment; filename="quay-config.tar.gz"',
        'cache-control': 'no-store',
      },
      body,
    });
  },
});

/** Takes over an archive on every node; what reaches the database stays as each node has it. */
export const uploadConfigurationArchive = apiRoute({
  operationId: 'scUploadTarballConfig',
  method: 'PUT',
  path: '/configapp/tarconfig',
  group: 'suconfig',
  resource: 'config_app.config_endpoints.api.tar_config_loader.TarConfigLoader',
  summary: 'Validates and saves the configuration in a gzipped tar archive.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: { kind: 'bytes', limitBytes: archiveLimitBytes },
  },
  response: z.literal('OK'),
  async handle({ body, granted }, { configuration }, request) {
    await configuration.unpack(authorOf(granted, request), body);
    return jsonAnswer(200, 'OK');
  },
});

/** Quay's tool starts from an empty directory here; a running server keeps its configuration until another one is saved. */
export const startNewConfiguration = apiRoute({
  operationId: 'scStartNewConfig',
  method: 'POST',
  path: '/configapp/initialization',
  group: 'suconfig',
  resource: 'config_app.config_endpoints.api.superuser.SuperUserStartNewConfig',
  summary: 'Begins a new configuration; nothing changes until it is saved.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.literal('OK'),
  handle: async () => jsonAnswer(200, 'OK'),
});
