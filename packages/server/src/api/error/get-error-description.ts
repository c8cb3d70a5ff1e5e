import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { errorTypes } from '#/api/errors.ts';
import { DomainError } from '#/domain/errors.ts';

const descriptions: ReadonlyMap<string, string> = new Map(Object.entries(errorTypes));

/** What an `error_type` means: the page that the `type` of a problem links to. */
export const getErrorDescription = apiRoute({
  operationId: 'getErrorDescription',
  method: 'GET',
  path: '/error/:error_type',
  group: 'error',
  resource: 'endpoints.api.error.Error',
  summary: 'Tells what an error type means.',
  status: 200,
  access: anyCaller,
  request: { params: z.object({ error_type: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ type: z.string(), title: z.string(), description: z.string() }),
  async handle({ params }, _services, request) {
    const description = descriptions.get(params.error_type);
    if (description === undefined) throw new DomainError('not_found', 'There is no such error type.');
    return {
      type: `${request.baseUrl}/api/v1/error/${params.error_type}`,
      title: params.error_type,
      description,
    };
  },
});
