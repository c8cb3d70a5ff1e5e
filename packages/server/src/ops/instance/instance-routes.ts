import { z } from 'zod';
import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { answer, jsonAnswer } from '#/http/answer.ts';
import { corsHeaders } from '#/http/cors.ts';
import { type AnyRoute, route } from '#/http/route.ts';
import type { OpsServices } from '#/ops/ops-services.ts';

const everybody = { name: 'public', check: async () => undefined };
const request = { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } } as const;

/** What a user interface needs to know before anybody signs in; nothing secret (REST reference G.2). */
const getPublicConfiguration = route({
  operationId: 'getPublicConfiguration',
  method: 'GET',
  url: '/config',
  status: 200,
  access: everybody,
  request,
  response: z.record(z.string(), z.unknown()),
  async handle(_input, { instance, version, externalLogins }: OpsServices, { headers }) {
    const body = {
      ...instance.publicConfiguration,
      external_login: externalLogins().map(({ id, title, icon, publicSettings: config }) => ({
        id,
        title,
        config,
        icon,
      })),
      version_number: version,
    };
    return jsonAnswer(200, body, corsHeaders(instance.corsOrigins, headers.origin));
  },
});

/** Where other programs find pages and calls of this registry. */
const getAppCapabilities = route({
  operationId: 'getAppCapabilities',
  method: 'GET',
  url: '/.well-known/app-capabilities',
  status: 200,
  access: everybody,
  request,
  response: z.record(z.string(), z.unknown()),
  async handle(_input, _services: OpsServices, { baseUrl }) {
    const repository = `${baseUrl}/api/v1/repository/{namespace}/{reponame}`;
    return {
      appName: 'io.quay',
      capabilities: {
        'io.quay.view-image': { 'url-template': `${baseUrl}/{namespace}/{reponame}:{tag}` },
        'io.quay.image-security': { 'rest-api-template': `${repository}/image/{imageid}/security` },
        'io.quay.manifest-security': { 'rest-api-template': `${repository}/manifest/{digest}/security` },
      },
    };
  },
});

/** Sends who is signed in to the page that changes the password. */
const changePassword = route({
  operationId: 'changePassword',
  method: 'GET',
  url: '/.well-known/change-password',
  status: 302,
  access: everybody,
  request,
  response: z.null(),
  async handle(_input, { domain, instance }: OpsServices, { headers }) {
    const caller = await identifyCaller(domain, instance.session, { cookie: headers.cookie });
    if (caller.kind !== 'session') return jsonAnswer(401, { error: 'Sign in first.' });
    const location = `/user/${encodeURIComponent(caller.account.name)}?tab=settings`;
    return answer({ status: 302, headers: { location, 'cache-control': 'no-store' } });
  },
});

/** Documents about this installation. */
export const instanceRoutes: readonly AnyRoute<OpsServices>[] = [
  getPublicConfiguration,
  getAppCapabilities,
  changePassword,
];
