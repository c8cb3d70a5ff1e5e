import type { FastifyInstance } from 'fastify';
import type { ApiRoute } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { apiErrorAnswer } from '#/api/errors.ts';
import { apiRoutes } from '#/api/routes.ts';
import { corsHeaders } from '#/http/cors.ts';
import { type MountOptions, mount } from '#/http/mount.ts';
import type { AnyRoute } from '#/http/route.ts';
import type { RequestObserver } from './request-observer.ts';

/** Paths of the API with `:repository`, for folding. */
export const apiUrls: readonly string[] = [...new Set(withTwins(apiRoutes).map(({ url }) => url))];

/** The REST API: each path with and without its trailing slash, HEAD beside GET, and an answer to the questions of browsers (OPTIONS). */
export function mountApi(
  app: FastifyInstance,
  services: ApiServices,
  observer: RequestObserver,
  options: Pick<MountOptions<ApiServices>, 'baseUrl' | 'onBrokenBody'>,
  routes: readonly ApiRoute[] = apiRoutes,
): void {
  const { settings, domain } = services;
  const headersOf = (origin: string | undefined) => corsHeaders(settings.corsOrigins, origin);
  mount(app, observer.follow(withTwins(routes)), {
    ...options,
    services,
    onError(error, request) {
      observer.countError(error);
      return apiErrorAnswer(error, request, domain.logger);
    },
    headersOf: (request) => headersOf(request.headers.origin),
    onFinish: observer.onFinish,
  });
  for (const url of apiUrls) {
    app.options(url, (request, reply) => {
      const headers = Object.entries(headersOf(request.raw.headers.origin));
      for (const [name, value] of headers) reply.header(name, value);
      reply.code(200).send();
    });
  }
}

function withTwins(routes: readonly ApiRoute[]): AnyRoute<ApiServices>[] {
  return routes.flatMap((route) => {
    const urls = [route.url, route.url.endsWith('/') ? route.url.slice(0, -1) : `${route.url}/`];
    return urls.flatMap((url) => {
      const twin = { ...route, url };
      return route.method === 'GET' ? [twin, { ...twin, method: 'HEAD' as const }] : [twin];
    });
  });
}
