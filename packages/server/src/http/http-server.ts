import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { noteOrigin } from '#/http/client-of.ts';
import { isEncrypted } from '#/http/connection.ts';
import { deferContinue } from '#/http/expect-continue.ts';
import { createRepositoryFolding } from '#/http/fold-repository.ts';
import type { ForwardingSettings } from '#/http/forwarding.ts';
import { originForm } from '#/http/origin-form.ts';

/** Bearer tokens with dozens of scopes pass 8 KiB. */
export const headerLimitBytes = 64 * 1024;
const headersTimeoutMs = 30_000;
/** How late a time-out may be noticed; Node's own 30 s would double the time above. */
const timeoutCheckMs = 3_000;
/** Longer than the 75 s of common proxies, so that they never reuse a connection that is being closed here. */
const keepAliveTimeoutMs = 90_000;
/** A connection without a byte in either direction ends after this; an upload on it stays resumable. */
export const idleTimeoutMs = 300_000;

export interface HttpServerOptions {
  /** Paths of all routes with `:repository`, for folding. */
  readonly repositoryUrls: readonly string[];
  /** Read for every request, so that its values may change. */
  readonly forwarding: ForwardingSettings;
}

/**
 * The HTTP server without routes. Bodies reach the handlers as streams whatever their type; there is no limit on the time
 * of a body, one on the time of headers and one on silence.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const fold = createRepositoryFolding(options.repositoryUrls);
  const app = fastify({
    serverFactory: (handler): Server => {
      const server = createServer(
        {
          maxHeaderSize: headerLimitBytes,
          headersTimeout: headersTimeoutMs,
          connectionsCheckingInterval: timeoutCheckMs,
          requestTimeout: 0,
          keepAliveTimeout: keepAliveTimeoutMs,
          noDelay: true,
        },
        handler,
      );
      server.setTimeout(idleTimeoutMs);
      return server;
    },
    logger: false,
    genReqId: () => randomUUID(),
    exposeHeadRoutes: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 2048 },
    rewriteUrl: (request) => fold(originForm(request.url ?? '/')),
    frameworkErrors: refuseUnreadable,
  });
  app.server.prependListener('request', addSecurityHeaders);
  app.addHook('onRequest', (request, _reply, done) => {
    noteOrigin(request.raw, options.forwarding);
    done();
  });
  app.addHook('onRequest', hideContentType);
  closeSilentConnections(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  deferContinue(app.server);
  return app;
}

/**
 * A connection without a byte in either direction is closed, unless it waits for us: assembling a huge blob after its last byte can take longer
 * than the limit.
 */
function closeSilentConnections(app: FastifyInstance): void {
  const exchanges = new WeakMap<
    Socket,
    { readonly request: IncomingMessage; readonly response: ServerResponse }
  >();
  app.addHook('onRequest', (request, reply, done) => {
    if (request.raw.httpVersionMajor === 1)
      exchanges.set(request.raw.socket, { request: request.raw, response: reply.raw });
    done();
  });
  app.server.on('timeout', (socket: Socket) => {
    const exchange = exchanges.get(socket);
    if (exchange?.request.complete && !exchange.response.headersSent) socket.setTimeout(idleTimeoutMs);
    else socket.destroy();
  });
}

/** Two years, as Quay's front server says it. */
const strictTransport = 'max-age=63072000; preload';

/** Every answer, whoever gives it: no page of ours in a frame, and no way back from TLS once a client used it here. */
function addSecurityHeaders(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('x-frame-options', 'DENY');
  if (isEncrypted(request)) response.setHeader('strict-transport-security', strictTransport);
}

/** The framework refuses a Content-Type that it cannot read; what to say of one is the handlers' business, who look at the raw headers. */
function hideContentType(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  if (request.raw.headers['content-type'] !== undefined) {
    request.headers = { 'content-type': 'application/octet-stream' };
  }
  done();
}

/** A path that cannot be decoded, or with a parameter longer than any name. It is not repeated in the answer. */
function refuseUnreadable(
  error: { readonly statusCode?: number | undefined },
  _request: unknown,
  reply: FastifyReply,
): void {
  const entry = { code: 'INVALID_REQUEST', message: 'The path cannot be read.', detail: {} };
  reply
    .code(error.statusCode ?? 400)
    .header('content-type', 'application/json')
    .send(JSON.stringify({ errors: [entry] }));
}
