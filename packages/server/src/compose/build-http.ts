import type { FastifyInstance } from 'fastify';
import type { ApiServices } from '#/api/api-services.ts';
import { apiErrorAnswer } from '#/api/errors.ts';
import { createAuthority } from '#/auth/authority.ts';
import { createIssuerKeys } from '#/auth/federation/issuer-keys.ts';
import { type InstanceKey, openInstanceKey } from '#/auth/instance-key.ts';
import { createRegistryTokens } from '#/auth/registry-token.ts';
import { signServiceToken } from '#/auth/sign-service-token.ts';
import type { Role } from '#/cli/serve-options.ts';
import { DomainError } from '#/domain/errors.ts';
import { createPullLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { createLastAccessRecorder } from '#/domain/tokens/index.ts';
import { createHttpServer } from '#/http/http-server.ts';
import { mount } from '#/http/mount.ts';
import { type RedirectTarget, redirectToTls } from '#/http/redirect-to-tls.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { localApplicationRoutes } from '#/login/oauth/show-token.ts';
import { loginRoutes } from '#/login/routes.ts';
import { repositoryBadge } from '#/ops/badge/repository-badge.ts';
import { fileRoutes } from '#/ops/files/file-routes.ts';
import { healthRoutes } from '#/ops/health/health-routes.ts';
import { createRdsState } from '#/ops/health/rds-state.ts';
import { instanceRoutes } from '#/ops/instance/instance-routes.ts';
import { landingPage } from '#/ops/landing/landing-page.ts';
import type { OpsServices } from '#/ops/ops-services.ts';
import { keyServerErrorAnswer } from '#/ops/service-keys/key-server-errors.ts';
import { serviceKeyRoutes } from '#/ops/service-keys/service-key-routes.ts';
import { createByteCache } from '#/platform/byte-cache.ts';
import { checkRedis } from '#/platform/check-redis.ts';
import type { Logger } from '#/platform/logger.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { registryErrorAnswer } from '#/registry/errors.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';
import { registryRoutes } from '#/registry/routes.ts';
import { tokenRoutes } from '#/registry/token/token-routes.ts';
import type { TokenServices } from '#/registry/token/token-services.ts';
import { createAllRights } from './all-rights.ts';
import { createConfigurationControl } from './configuration/configuration-control.ts';
import { countUploads, timeUploads } from './count-uploads.ts';
import { createLiveExternalSignIns } from './external-logins.ts';
import { limitRates } from './limit-rates.ts';
import { createLiveBasicAuth } from './live-basic-auth.ts';
import { apiUrls, mountApi } from './mount-api.ts';
import type { OpenedServices } from './open-services.ts';
import { processCount } from './process-count.ts';
import { createRequestObserver, type RequestObserver } from './request-observer.ts';
import {
  apiSettings,
  authSettings,
  healthSettings,
  instanceSettings,
  loginSettings,
  redisTargets,
  registrySettings,
  serviceKeyRetention,
  userFileSettings,
} from './settings.ts';

/** Bytes of small blobs that a process keeps in memory, and the largest of them. */
const contentCacheBytes = 64 * 1024 ** 2;
const contentCacheEntryBytes = 4 * 1024 ** 2;

export interface HttpParts {
  readonly app: FastifyInstance;
  readonly instanceKey: InstanceKey;
  readonly observer: RequestObserver;
  /** Health says from now on that no new requests should come. */
  startStopping(): void;
  /** Writes what waits in memory; after the last request. */
  flush(): Promise<void>;
}

/** Builds every surface on opened services; nothing listens yet. */
export async function buildHttp(
  opened: OpenedServices,
  metrics: Metrics,
  options: {
    readonly dataDirectory: string;
    readonly version: string;
    readonly setupToken: string | undefined;
    readonly roles: readonly Role[];
    /** Asks the whole node to stop; absent: nothing does. */
    readonly restart?: () => void;
    /** Where requests without TLS are sent; undefined while there is no TLS here. */
    readonly tlsTarget?: () => RedirectTarget | undefined;
    /** When the certificate in use ends; undefined without TLS here. */
    readonly certificateEndsAtMs?: () => number | undefined;
    /** Undefined: no access log. */
    readonly accessLogger: Logger | undefined;
  },
): Promise<HttpParts> {
  const { configuration, live } = opened;
  const services: { -readonly [Name in keyof Services]: Services[Name] } = {
    ...opened.services,
    directoryRights: createAllRights(
      opened.services,
      () => basic.engine,
      () => external.logins,
    ),
  };
  live.onChange(() => {
    delete services.mailer;
    Object.assign(services, opened.services.mailer === undefined ? {} : { mailer: opened.services.mailer });
  });
  let stopping = false;
  const region = services.storage.preferred.name;
  const endCounting = countUploads(metrics, region);
  const auth = authSettings(configuration, options.dataDirectory);
  const instanceKey = await openInstanceKey(services, auth.instanceKey);
  const tokens = createRegistryTokens(services, auth, instanceKey);
  const pullLog = createPullLog(services, { spillDirectory: `${options.dataDirectory}/spill` });
  const registry: RegistryServices = {
    domain: services,
    settings: live.derive(registrySettings),
    authority: createAuthority(services),
    tokens,
    pullLog,
    contentCache: createByteCache({
      limitBytes: contentCacheBytes,
      entryLimitBytes: contentCacheEntryBytes,
      onLookup: (hit) => metrics.caches.inc({ cache: 'content', type: hit ? 'hit' : 'miss' }),
    }),
    metrics,
  };
  const basic = createLiveBasicAuth(services, live);
  const external = createLiveExternalSignIns(services, live, basic);
  const { rds } = configuration.health.checker;
  const ops: OpsServices = {
    domain: services,
    health: live.derive((current) => healthSettings(current, options.dataDirectory)),
    userFiles: live.derive(userFileSettings),
    basic,
    ...(rds === undefined ? {} : { cloudDatabaseState: await createRdsState(rds, services.logger) }),
    instanceKeyId: () => instanceKey.current().kid,
    checkInstanceKey: () => instanceKey.check(),
    checkRedis: () => checkRedis(redisTargets(configuration)),
    isStopping: () => stopping,
    certificateEndsAtMs: () => options.certificateEndsAtMs?.(),
    serviceKeyRetention: live.derive(serviceKeyRetention),
    instance: live.derive(instanceSettings),
    externalLogins: () => external.logins,
    title: 'Wharf',
    version: options.version,
  };
  const lastAccess = createLastAccessRecorder(services);
  const tokenServices: TokenServices = {
    domain: services,
    tokens,
    basic,
    lastAccess,
    loginLog: pullLog,
    metrics,
  };

  const api: ApiServices = {
    external,
    domain: services,
    settings: live.derive((current) => apiSettings(current, options.setupToken)),
    basic,
    certificates: opened.trust,
    configuration: createConfigurationControl({
      services,
      live,
      ...opened.node,
      restart: options.restart ?? (() => {}),
      signToken: (claims) => signServiceToken(instanceKey.current(), claims),
    }),
  };
  const login: LoginServices = {
    domain: services,
    settings: live.derive(loginSettings),
    basic,
    external,
    issuerKeys: createIssuerKeys(services),
  };

  const app = createHttpServer({
    repositoryUrls: [...registryRoutes.map(({ url }) => url), ...apiUrls, repositoryBadge.url],
    forwarding: live.derive(({ server }) => server),
  });
  const baseUrl = live.derive(({ server }) => ({
    serverHostname: server.serverHostname,
    scheme: server.preferredUrlScheme,
  }));
  const observer = createRequestObserver(metrics, options.accessLogger);
  observer.attach(app);
  redirectToTls(app, () => options.tlsTarget?.());
  limitRates(app, {
    rules: live.derive(({ server }) => ({
      active: server.featureRateLimits,
      exemptNamespaces: server.nonRateLimitedNamespaces,
    })),
    processes: processCount(configuration, options.roles),
    nowMs: services.clock.nowMs,
  });
  const { onFinish, follow } = observer;
  const onError = (error: unknown, request: RequestContext) => {
    observer.countError(error);
    return registryErrorAnswer(error, request, services.logger);
  };
  const onBrokenBody = (error: unknown, request: RequestContext): void => {
    services.logger.error({ err: error, requestId: request.requestId }, 'the body of an answer broke off');
  };
  if (options.roles.includes('registry')) {
    const timed = timeUploads(registryRoutes, metrics, region);
    mount(app, follow(timed), { services: registry, baseUrl, onError, onBrokenBody, onFinish });
    mount(app, follow(tokenRoutes), { services: tokenServices, baseUrl, onError, onBrokenBody, onFinish });
  }
  if (options.roles.includes('api')) {
    mountApi(app, api, observer, { baseUrl, onBrokenBody });
    const ownPage = localApplicationRoutes(login.settings.oauth.localHandler);
    mount(app, follow([...loginRoutes, ...ownPage]), {
      services: login,
      baseUrl,
      onError(error, request) {
        observer.countError(error);
        return apiErrorAnswer(error, request, services.logger);
      },
      onBrokenBody,
      onFinish,
    });
  }
  mount(app, follow([...healthRoutes, ...instanceRoutes, ...fileRoutes, repositoryBadge, landingPage]), {
    services: ops,
    baseUrl,
    onError,
    onBrokenBody,
    onFinish,
  });
  mount(app, follow(serviceKeyRoutes), {
    services: ops,
    baseUrl,
    onError(error, request) {
      observer.countError(error);
      return keyServerErrorAnswer(error, request, services.logger);
    },
    onBrokenBody,
    onFinish,
  });
  app.setNotFoundHandler((request, reply) => {
    if (request.raw.url?.startsWith('/api/') === true) {
      const missing = 'There is no such operation.';
      reply
        .code(404)
        .header('content-type', 'application/json')
        .send(
          JSON.stringify({
            status: 404,
            error_type: 'not_found',
            title: 'not_found',
            detail: missing,
            message: missing,
          }),
        );
      return;
    }
    reply
      .code(404)
      .header('content-type', 'application/json')
      .send(
        JSON.stringify({
          errors: [{ code: 'NOT_FOUND', message: 'There is nothing at this path.', detail: {} }],
        }),
      );
  });
  app.setErrorHandler((error, request, reply) => {
    const status =
      error instanceof DomainError ? 400 : ((error as { statusCode?: number }).statusCode ?? 500);
    const level = status >= 500 ? 'error' : 'debug';
    services.logger[level]({ err: error, requestId: request.id }, 'request failed before its handler');
    reply
      .code(status)
      .header('content-type', 'application/json')
      .send(
        JSON.stringify({
          errors: [{ code: 'INVALID_REQUEST', message: 'The request cannot be read.', detail: {} }],
        }),
      );
  });
  return {
    app,
    instanceKey,
    observer,
    startStopping() {
      stopping = true;
      observer.startStopping();
    },
    async flush() {
      await basic.engine.close?.();
      endCounting();
      await pullLog.close();
      await lastAccess.close();
    },
  };
}
