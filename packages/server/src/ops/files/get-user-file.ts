import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { userFilePath } from '#/storage/paths.ts';

const fileIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{15,127}$/;

/** A file that somebody uploaded, for whoever knows its id (REST reference G.3). Its content is never shown by a browser. */
export const getUserFile = route({
  operationId: 'getUserFile',
  method: 'GET',
  url: '/userfiles/:file',
  status: 200,
  access: { name: 'unguessable-link', check: async () => undefined },
  request: { params: z.object({ file: z.string() }), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle({ params }, { domain, userFiles }: OpsServices) {
    const { storage } = domain;
    const { driver } = userFiles.location === undefined ? storage.preferred : storage.get(userFiles.location);
    const path = userFilePath(userFiles.folder, params.file);
    const found = fileIdPattern.test(params.file) ? await driver.stat(path) : undefined;
    if (found === undefined) throw new DomainError('not_found', 'There is no such file.');
    return answer({
      status: 200,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': found.sizeBytes,
        'content-disposition': 'attachment',
        'content-security-policy': 'sandbox',
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      },
      body: async (response) => pipeline(await driver.read(path), response),
    });
  },
});
