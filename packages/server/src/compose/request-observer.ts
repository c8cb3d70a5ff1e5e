import type { FastifyInstance } from 'fastify';
import type { Principal } from '#/domain/permissions/principal.ts';
import { toDomainError } from '#/domain/to-domain-error.ts';
import { notedOrigin } from '#/http/client-of.ts';
import type { AnyRoute, RequestContext } from '#/http/route.ts';
import type { Logger } from '#/platform/logger.ts';
import type { Metrics } from '#/platform/metrics.ts';

/** What is known of a request when its answer ends. */
interface RequestRecord {
  operationId: string | undefined;
  user: string | undefined;
}

export interface RequestObserver {
  /** Follows every request of the server, also those that reach no route. */
  attach(app: FastifyInstance): void;
  /** The same routes, whose caller and running handlers are known here. */
  follow<Services>(routes: readonly AnyRoute<Services>[]): readonly AnyRoute<Services>[];
  /** For `mount`: counts a finished request under the name of its operation, never under its path. */
  readonly onFinish: (operationId: string, request: RequestContext, status: number, seconds: number) => void;
  /** Counts outages of the database. */
  countError(error: unknown): void;
  /** From now on every answer asks its client to leave the connection. */
  startStopping(): void;
  /** Resolves when no request is being answered, or after that time. */
  untilIdle(limitMs: number): Promise<void>;
}

const quietOperations: ReadonlySet<string> = new Set([
  'health',
  'healthInstance',
  'healthEndToEnd',
  'healthWarning',
  'status',
  'internalPing',
  'internalPingV1',
  'internalPingC1',
]);
const longestPath = 512;
const forwardedIdPattern = /^[A-Za-z0-9._-]{1,64}$/;

/** Metrics, request ids and the access log. `accessLogger` undefined: no access log. */
export function createRequestObserver(metrics: Metrics, accessLogger: Logger | undefined): RequestObserver {
  const { requests } = metrics;
  const records = new WeakMap<object, RequestRecord>();
  const whenIdle = new Set<() => void>();
  let running = 0;
  let stopping = false;

  const enter = (): void => {
    running += 1;
  };
  const leave = (): void => {
    running -= 1;
    if (running === 0) for (const wake of whenIdle) wake();
  };

  return {
    attach(app) {
      app.addHook('onRequest', (request, reply, done) => {
        const startedAt = performance.now();
        const ip = notedOrigin(request.raw).address;
        const record: RequestRecord = { operationId: undefined, user: undefined };
        records.set(request.raw, record);
        enter();
        requests.inFlight.inc();
        reply.raw.setHeader('x-request-id', request.id);
        if (stopping) reply.raw.setHeader('connection', 'close');
        reply.raw.once('close', () => {
          requests.inFlight.dec();
          const aborted = !reply.raw.writableFinished;
          if (aborted) requests.aborted.inc();
          if (accessLogger !== undefined) {
            const level = quietOperations.has(record.operationId ?? '') ? 'debug' : 'info';
            accessLogger[level](
              {
                requestId: request.id,
                ...forwardedId(request.headers['x-request-id']),
                method: request.method,
                operation: record.operationId ?? 'none',
                ...registryPath(request.originalUrl),
                status: reply.raw.statusCode,
                ms: Math.round((performance.now() - startedAt) * 10) / 10,
                ip,
                ...(record.user === undefined ? {} : { user: record.user }),
                ...(aborted ? { aborted } : {}),
              },
              'request',
            );
          }
          leave();
        });
        done();
      });
    },
    follow: (routes) =>
      routes.map((route) => ({
        ...route,
        access: {
          ...route.access,
          async check(services, request, params) {
            const record = records.get(request.raw);
            if (record !== undefined) record.operationId = route.operationId;
            const granted: unknown = await route.access.check(services, request, params);
            if (record !== undefined) record.user = userOf(granted);
            return granted;
          },
        },
        async handle(input, services, request) {
          // A handler may outlive its connection, while it makes durable what arrived.
          enter();
          try {
            return await route.handle(input, services, request);
          } finally {
            leave();
          }
        },
      })),
    onFinish(operationId, request, status, seconds) {
      const code = String(status);
      requests.responseTime.observe({ endpoint: operationId }, seconds);
      requests.responseCode.inc({ endpoint: operationId, code });
      requests.duration.observe({ method: request.method, route: operationId, status: code }, seconds);
      if (status < 200 || status > 299) requests.responseNon200.inc({ endpoint: operationId });
      if (status >= 500) requests.response500.inc({ endpoint: operationId });
    },
    countError(error) {
      if (toDomainError(error)?.code === 'database_unavailable') metrics.databaseUnavailable.inc();
    },
    startStopping() {
      stopping = true;
    },
    async untilIdle(limitMs) {
      if (running === 0) return;
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          whenIdle.delete(end);
          resolve();
        };
        const timer = setTimeout(end, limitMs);
        whenIdle.add(end);
      });
    },
  };
}

/** The id that a proxy gave: only logged, so that nobody outside chooses ours. */
function forwardedId(header: unknown): { readonly forwardedRequestId?: string } {
  return typeof header === 'string' && forwardedIdPattern.test(header) ? { forwardedRequestId: header } : {};
}

/** Paths of the registry name a repository and no secret; those of other surfaces may, and query strings do. */
function registryPath(url: string): { readonly path?: string } {
  if (!url.startsWith('/v2/')) return {};
  return { path: (url.split('?', 1)[0] ?? '').slice(0, longestPath) };
}

/** Name of the caller in what an access rule granted. */
function userOf(granted: unknown): string | undefined {
  if (typeof granted !== 'object' || granted === null || !('principal' in granted)) return undefined;
  const principal = granted.principal as Principal;
  if (principal.kind === 'anonymous') return undefined;
  return principal.kind === 'access-token' ? `$token:${principal.friendlyName}` : principal.account.name;
}
