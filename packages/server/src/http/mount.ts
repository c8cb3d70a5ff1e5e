import type { IncomingMessage } from 'node:http';
import { findContentType, mediaTypes } from '@wharf/oci';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { type Answer, type AnswerHeaders, answer, isAnswer, jsonAnswer } from '#/http/answer.ts';
import { notedOrigin } from '#/http/client-of.ts';
import { jsonDepth } from '#/http/json-depth.ts';
import { originForm } from '#/http/origin-form.ts';
import { readBody } from '#/http/read-body.ts';
import { type BaseUrlSettings, baseUrlOf } from '#/http/request-origin.ts';
import type { AnyRoute, BodyKind, RequestContext } from '#/http/route.ts';
import { sendAnswer } from '#/http/send-answer.ts';

/** Levels of arrays and objects in a body; whoever walks it recurses that deep. */
const deepestJson = 64;

export interface MountOptions<Services> {
  readonly services: Services;
  readonly baseUrl: BaseUrlSettings;
  /** Turns any thrown value into the surface's own error answer; also logs what is unexpected. */
  onError(error: unknown, request: RequestContext): Answer;
  /** A body that could not be sent to its end (a failing disk, a shorter file); its client was told 200. */
  onBrokenBody(error: unknown, request: RequestContext): void;
  /** Headers of every answer of the surface, errors included. */
  readonly headersOf?: (request: RequestContext) => AnswerHeaders;
  /** Called once per finished request, for metrics. */
  readonly onFinish?: (operationId: string, request: RequestContext, status: number, seconds: number) => void;
}

/** Registers every route of a surface: access rule, then parsing, then the handler, with one place for errors. */
export function mount<Services>(
  app: FastifyInstance,
  routes: readonly AnyRoute<Services>[],
  options: MountOptions<Services>,
): void {
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.url,
      handler: (request, reply) => serve(route, options, request, reply),
    });
  }
}

async function serve<Services>(
  route: AnyRoute<Services>,
  options: MountOptions<Services>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const startedAt = performance.now();
  const context = contextOf(request, options.baseUrl);
  let result: Answer;
  try {
    result = await run(route, options.services, request, context);
  } catch (error) {
    result = options.onError(error, context);
  }
  if (options.headersOf !== undefined) {
    result = { ...result, headers: { ...options.headersOf(context), ...result.headers } };
  }
  reply.hijack();
  const broken = await sendAnswer(request.raw, reply.raw, result);
  if (broken !== undefined) options.onBrokenBody(broken, context);
  options.onFinish?.(route.operationId, context, result.status, (performance.now() - startedAt) / 1000);
}

async function run<Services>(
  route: AnyRoute<Services>,
  services: Services,
  request: FastifyRequest,
  context: RequestContext,
): Promise<Answer> {
  refuseNul(context.url);
  const params = parsePart(route.request.params, request.params, 'path');
  const granted = await route.access.check(services, context, params);
  const query = parsePart(route.request.query, request.query, 'query');
  const body = await takeBody(route.request.body, request.raw);
  const result = await route.handle({ params, query, body, granted }, services, context);
  if (isAnswer(result)) return result;
  if (result === null || result === undefined) return answer({ status: route.status });
  return jsonAnswer(route.status, result);
}

/** No name holds a NUL, and PostgreSQL takes none in a text: it would fail on what others only do not find. */
function refuseNul(url: string): void {
  if (url.includes('%00')) {
    throw new DomainError('invalid_request', 'The path and the query must not contain a NUL character.');
  }
}

function parsePart<T>(schema: z.ZodType<T>, value: unknown, part: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DomainError('invalid_request', describe(part, parsed.error), {
    detail: { part, fields: fieldsOf(parsed.error) },
  });
}

/** The first complaint about each field, by its path. */
function fieldsOf(error: z.ZodError): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const { path, message } of error.issues) fields[path.join('.')] ??= message;
  return fields;
}

/** One sentence with every field that is wrong. */
function describe(part: string, error: z.ZodError): string {
  const issues = error.issues.map((issue) => `${issue.path.join('.') || part}: ${issue.message}`);
  return `Invalid ${part}: ${issues.join('; ')}`;
}

async function takeBody(kind: BodyKind, raw: IncomingMessage): Promise<unknown> {
  switch (kind.kind) {
    case 'none':
      return undefined;
    case 'stream':
      return raw;
    case 'bytes':
      return readBody(raw, kind.limitBytes);
    case 'json':
      if (kind.optional === true && !isJson(raw.headers['content-type'])) {
        return parsePart(kind.schema, undefined, 'body');
      }
      requireJson(raw.headers['content-type']);
      return parsePart(kind.schema, parseJson(await readBody(raw, kind.limitBytes)), 'body');
  }
}

/** Pages of other sites can send a body without asking first, but never under this type (Fetch standard, CORS-safelisted headers). */
function requireJson(contentType: string | undefined): void {
  if (isJson(contentType)) return;
  throw new DomainError('invalid_request', 'Send the body as JSON, with Content-Type: application/json.');
}

function isJson(contentType: string | undefined): boolean {
  return findContentType(contentType) === mediaTypes.json;
}

function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  if (jsonDepth(text) > deepestJson) {
    throw new DomainError(
      'invalid_request',
      `The body must not be nested deeper than ${deepestJson} levels.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('invalid_request', 'The body must be a JSON document.');
  }
}

/** Base URL and host are worked out on first use, so that routes without them accept any Host. */
function contextOf(request: FastifyRequest, settings: BaseUrlSettings): RequestContext {
  const raw = request.raw;
  return {
    raw,
    method: request.method,
    url: originForm(request.originalUrl),
    headers: raw.headers,
    requestId: request.id,
    ip: notedOrigin(raw).address,
    get baseUrl() {
      return baseUrlOf(raw, settings).baseUrl;
    },
    get host() {
      return baseUrlOf(raw, settings).host;
    },
  };
}
