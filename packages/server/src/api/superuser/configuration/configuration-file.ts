import { z } from 'zod';
import { superuserSession } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { authorOf, savedShape, savedView } from '#/api/superuser/configuration/configuration-answers.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { multipartFile } from '#/http/multipart-file.ts';

const largestFormBytes = 1024 ** 2;
const params = z.object({ filename: z.string() });

/** Whether a file of the configuration is there; only names that Quay knows (configuration reference 0.3). */
export const configurationFileExists = apiRoute({
  operationId: 'scConfigFileExists',
  method: 'GET',
  path: '/superuser/config/file/:filename',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserConfigFile',
  summary: 'Tells whether a file of the configuration is there.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params, query: z.unknown(), body: noBody },
  response: z.object({ exists: z.boolean() }),
  handle: async (input, { configuration }) => ({
    exists: await configuration.hasFile(input.params.filename),
  }),
});

/** Adds or replaces a file of the configuration on every node. */
export const updateConfigurationFile = apiRoute({
  operationId: 'scUpdateConfigFile',
  method: 'POST',
  path: '/superuser/config/file/:filename',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserConfigFile',
  summary: 'Adds or replaces a file of the configuration.',
  status: 200,
  access: superuserSession,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params, query: z.unknown(), body: { kind: 'bytes', limitBytes: largestFormBytes } },
  response: z.object({ status: z.literal(true), ...savedShape }),
  async handle(input, { configuration }, request) {
    // An unknown name is told before the form is looked at.
    await configuration.hasFile(input.params.filename);
    const bytes = await multipartFile(request, input.body, 'file');
    const author = authorOf(input.granted, request);
    const saved = await configuration.saveFile(author, input.params.filename, bytes);
    return { status: true as const, ...savedView(saved) };
  },
});
