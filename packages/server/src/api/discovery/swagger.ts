import type { ApiRoute } from '#/api/api-route.ts';
import {
  byPath,
  describeParameter,
  documentedPath,
  documentedTags,
  pathParameters,
} from '#/api/discovery/api-paths.ts';
import { describeParameters, describeSchema, type JsonSchema } from '#/api/discovery/describe-schema.ts';
import { toSwaggerSchema } from '#/api/discovery/swagger-schema.ts';
import { oauthScopes, scopeDetails } from '#/domain/tokens/index.ts';

export interface DocumentOrigin {
  readonly host: string;
  /** Scheme and host without a trailing slash. */
  readonly baseUrl: string;
  readonly title: string;
  /** Internal operations too. */
  readonly internal: boolean;
}

const errorReference = { $ref: '#/definitions/ApiError' };
const errorTexts = {
  400: 'Bad Request',
  401: 'Session required',
  403: 'Unauthorized access',
  404: 'Not found',
} as const;
/** What Quay's document says of successful calls. */
const successByMethod: Readonly<Record<string, string>> = {
  GET: 'Successful invocation',
  PUT: 'Successful invocation',
  POST: 'Successful creation',
  DELETE: 'Deleted',
};

/** The Swagger 2.0 document from which clients of Quay are generated (REST reference 7). */
export function swaggerDocument(routes: readonly ApiRoute[], origin: DocumentOrigin): JsonSchema {
  const listed = routes.filter(({ facts }) => origin.internal || !facts.internal);
  const definitions: Record<string, unknown> = { ApiError: apiError };
  for (const route of listed) {
    const body = bodySchema(route);
    if (body !== undefined) definitions[bodyName(route)] = body;
    if (hasAnswer(route)) definitions[answerName(route)] = answerSchema(route);
  }
  return {
    swagger: '2.0',
    host: origin.host,
    basePath: '/',
    schemes: [origin.baseUrl.startsWith('https:') ? 'https' : 'http'],
    info: {
      version: 'v1',
      title: `${origin.title} Frontend`,
      description: 'Operations on repositories, organizations, teams, robots and everything around them.',
      termsOfService: `${origin.baseUrl}/tos`,
      contact: { email: 'support@localhost.localdomain' },
    },
    securityDefinitions: {
      oauth2_implicit: {
        type: 'oauth2',
        flow: 'implicit',
        authorizationUrl: `${origin.baseUrl}/oauth/authorize`,
        scopes: Object.fromEntries(oauthScopes.map((scope) => [scope, scopeDetails[scope].description])),
      },
    },
    paths: Object.fromEntries(byPath(listed).map(([path, group]) => [path, pathItem(group, origin)])),
    definitions,
    tags: documentedTags(listed),
  };
}

function pathItem(routes: readonly ApiRoute[], origin: DocumentOrigin): JsonSchema {
  const [first] = routes;
  if (first === undefined) throw new Error('a path without operations');
  return {
    'x-name': first.facts.resource,
    'x-path': documentedPath(first),
    'x-tag': first.facts.group,
    parameters: pathParameters(first).map((name) => ({
      name,
      in: 'path',
      required: true,
      description: describeParameter(name),
      type: 'string',
    })),
    ...Object.fromEntries(routes.map((route) => [route.method.toLowerCase(), operation(route, origin)])),
  };
}

function operation(route: ApiRoute, origin: DocumentOrigin): JsonSchema {
  const { facts } = route;
  const errors = Object.entries(errorTexts).map(([status, description]) => [
    status,
    { description, schema: errorReference },
  ]);
  return {
    operationId: route.operationId,
    description: facts.summary,
    tags: [facts.group],
    parameters: [...queryParameters(route), ...bodyParameters(route)],
    responses: { [facts.status]: success(route), ...Object.fromEntries(errors) },
    ...(facts.scope === undefined ? {} : { security: [{ oauth2_implicit: [facts.scope] }] }),
    ...(facts.internal ? { 'x-internal': true } : {}),
    ...(origin.internal && facts.freshLogin ? { 'x-requires-fresh-login': true } : {}),
  };
}

/** Clients that were generated take an answer of another status for a failure, so that it is the operation's own. */
function success(route: ApiRoute): JsonSchema {
  const description = successByMethod[route.method] ?? 'Successful invocation';
  return hasAnswer(route)
    ? { description, schema: { $ref: `#/definitions/${answerName(route)}` } }
    : { description };
}

function queryParameters({ facts }: ApiRoute): JsonSchema[] {
  return describeParameters(facts.request.query).map(({ name, required, schema }) => {
    const { type, enum: values } = toSwaggerSchema(schema);
    return {
      name,
      in: 'query',
      required,
      description: describeParameter(name),
      type: typeof type === 'string' ? type : 'string',
      ...(values === undefined ? {} : { enum: values }),
    };
  });
}

function bodyParameters(route: ApiRoute): JsonSchema[] {
  const { body } = route.facts.request;
  if (body.kind !== 'json') return [];
  const schema = { $ref: `#/definitions/${bodyName(route)}` };
  return [
    {
      name: 'body',
      in: 'body',
      description: 'Request body contents.',
      required: body.optional !== true,
      schema,
    },
  ];
}

function bodySchema({ facts }: ApiRoute): JsonSchema | undefined {
  const { body } = facts.request;
  return body.kind === 'json' ? toSwaggerSchema(describeSchema(body.schema, 'input')) : undefined;
}

function hasAnswer({ facts }: ApiRoute): boolean {
  return facts.status !== 204;
}

function answerSchema({ facts }: ApiRoute): JsonSchema {
  return toSwaggerSchema(describeSchema(facts.response, 'output'));
}

function answerName(route: ApiRoute): string {
  return `${bodyName(route)}Answer`;
}

/** `createRepo` becomes `CreateRepo`. */
function bodyName({ operationId }: ApiRoute): string {
  return operationId.charAt(0).toUpperCase() + operationId.slice(1);
}

const apiError = {
  type: 'object',
  required: ['status', 'type', 'title'],
  properties: {
    status: { type: 'integer', description: 'Status code of the response.' },
    type: { type: 'string', description: 'Reference to the type of the error.' },
    detail: { type: 'string', description: 'Details about the specific instance of the error.' },
    title: { type: 'string', description: 'Unique error code to identify the type of error.' },
    error_message: { type: 'string', description: 'The same as detail.' },
    error_type: { type: 'string', description: 'The same as title.' },
  },
} as const;
