import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { findExportedLogs } from '#/domain/log-export/index.ts';
import { answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';

/** A finished export of the action log, for whoever holds the link, where the store has no links of its own (REST reference G.3). */
export const getExportedLogs = route({
  operationId: 'getExportedLogs',
  method: 'GET',
  url: '/exportedlogs/:file',
  status: 200,
  access: { name: 'unguessable-link', check: async () => undefined },
  request: { params: z.object({ file: z.string() }), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle({ params }, services: OpsServices) {
    const found = await findExportedLogs(services.domain, params.file);
    if (found === undefined) {
      throw new DomainError('not_found', 'There is no such export, or its link has run out.');
    }
    return answer({
      status: 200,
      headers: {
        'content-type': 'application/json',
        'content-length': found.sizeBytes,
        'content-disposition': 'attachment; filename="logs.json"',
        'cache-control': 'private, no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      },
      body: async (response) => pipeline(await found.read(), response),
    });
  },
});
