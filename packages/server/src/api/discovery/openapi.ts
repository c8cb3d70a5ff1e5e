import type { ApiRoute } from '#/api/api-route.ts';
import { byPath, describeParameter, documentedTags, pathParameters } from '#/api/discovery/api-paths.ts';
import { describeParameters, describeSchema, type JsonSchema } from '#/api/discovery/describe-schema.ts';
import type { DocumentOrigin } from '#/api/discovery/swagger.ts';
import { oauthScopes, scopeDetails } from '#/domain/tokens/index.ts';

const problem = { $ref: '#/components/responses/Problem' };

/** The OpenAPI 3.1 document, with the shapes of bodies and answers. */
export function openApiDocument(
  routes: readonly ApiRoute[],
  origin: DocumentOrigin & { readonly version: string; readonly sessionCookie: string },
): JsonSchema {
  const listed = routes.filter(({ facts }) => origin.internal || !facts.internal);
  return {
    openapi: '3.1.0',
    info: { title: origin.title, version: origin.version },
    servers: [{ url: origin.baseUrl }],
    tags: documentedTags(listed),
    security: [{ session: [] }, { oauth2: [] }],
    paths: Object.fromEntries(byPath(listed).map(([path, group]) => [path, pathItem(group)])),
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: origin.sessionCookie },
        oauth2: {
          type: 'oauth2',
          flows: {
            authorizationCode: {
              authorizationUrl: `${origin.baseUrl}/oauth/authorize`,
              tokenUrl: `${origin.baseUrl}/oauth/access_token`,
              scopes: Object.fromEntries(
                oauthScopes.map((scope) => [scope, scopeDetails[scope].description]),
              ),
            },
          },
        },
      },
      responses: {
        Problem: {
          description: 'The call was refused.',
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { Problem: problemSchema },
    },
  };
}

function pathItem(routes: readonly ApiRoute[]): JsonSchema {
  return Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), operation(route)]));
}

function operation(route: ApiRoute): JsonSchema {
  const { facts } = route;
  const { body } = facts.request;
  const query = describeParameters(facts.request.query);
  return {
    operationId: route.operationId,
    summary: facts.summary,
    tags: [facts.group],
    parameters: [
      ...pathParameters(route).map((name) => ({
        name,
        in: 'path',
        required: true,
        description: describeParameter(name),
        schema: { type: 'string' },
      })),
      ...query.map(({ name, required, schema }) => ({ name, in: 'query', required, schema })),
    ],
    ...(body.kind === 'json'
      ? {
          requestBody: {
            required: body.optional !== true,
            content: { 'application/json': { schema: describeSchema(body.schema, 'input') } },
          },
        }
      : {}),
    responses: { [facts.status]: success(route), default: problem },
    ...(facts.scope === undefined ? {} : { security: [{ session: [] }, { oauth2: [facts.scope] }] }),
    ...(facts.internal ? { 'x-internal': true } : {}),
    ...(facts.freshLogin ? { 'x-requires-fresh-login': true } : {}),
  };
}

function success({ facts }: ApiRoute): JsonSchema {
  if (facts.status === 204) return { description: 'Done; there is no body.' };
  const schema = describeSchema(facts.response, 'output');
  return { description: 'Done.', content: { 'application/json': { schema } } };
}

const problemSchema = {
  type: 'object',
  properties: {
    status: { type: 'integer' },
    error_type: { type: 'string' },
    title: { type: 'string' },
    type: { type: 'string' },
    detail: { type: 'string' },
    error_message: { type: 'string' },
    message: {},
    error: { type: 'string' },
  },
} as const;
