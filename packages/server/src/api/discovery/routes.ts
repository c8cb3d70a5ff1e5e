import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { type ApiRoute, apiRoute, noBody } from '#/api/api-route.ts';
import { openApiDocument } from '#/api/discovery/openapi.ts';
import { swaggerDocument } from '#/api/discovery/swagger.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { version } from '#/platform/version.ts';

const query = z.object({ internal: booleanQuery(false) });

/** The API's description of itself; `allRoutes` is asked at each call, as these routes are among them. */
export function discoveryRoutes(allRoutes: () => readonly ApiRoute[]): readonly ApiRoute[] {
  const discovery = apiRoute({
    operationId: 'discovery',
    method: 'GET',
    path: '/discovery',
    group: 'discovery',
    resource: 'endpoints.api.discovery.DiscoveryResource',
    summary: 'Lists all operations as a Swagger 2.0 document.',
    status: 200,
    access: anyCaller,
    allowedAnonymously: true,
    request: { params: z.unknown(), query, body: noBody },
    response: z.looseObject({ swagger: z.literal('2.0') }),
    async handle({ query: { internal } }, { settings }, { host, baseUrl }) {
      const origin = { host, baseUrl, title: settings.registryTitle, internal };
      return jsonAnswer(200, swaggerDocument(allRoutes(), origin));
    },
  });
  const openapi = apiRoute({
    operationId: 'getOpenApiDocument',
    method: 'GET',
    path: '/openapi.json',
    group: 'discovery',
    resource: 'endpoints.api.discovery.OpenApi',
    summary: 'Lists all operations as an OpenAPI 3.1 document.',
    status: 200,
    access: anyCaller,
    internal: true,
    allowedAnonymously: true,
    request: { params: z.unknown(), query, body: noBody },
    response: z.looseObject({ openapi: z.literal('3.1.0') }),
    async handle({ query: { internal } }, { settings }, { host, baseUrl }) {
      return jsonAnswer(
        200,
        openApiDocument(allRoutes(), {
          host,
          baseUrl,
          title: settings.registryTitle,
          internal,
          version,
          sessionCookie: settings.session.name,
        }),
      );
    },
  });
  return [discovery, openapi];
}
