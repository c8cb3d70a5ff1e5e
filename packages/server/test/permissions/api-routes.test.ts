import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { z } from 'zod';
import type { ApiRoute } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { apiRoutes } from '#/api/routes.ts';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { createConfigurationControl } from '#/compose/configuration/configuration-control.ts';
import { followDirectory } from '#/compose/configuration/follow-configuration.ts';
import { createNodeDirectory } from '#/compose/configuration/node-directory.ts';
import { createLiveConfiguration } from '#/compose/live-configuration.ts';
import { mountApi } from '#/compose/mount-api.ts';
import { createRequestObserver } from '#/compose/request-observer.ts';
import { apiSettings } from '#/compose/settings.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { createHttpServer } from '#/http/http-server.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { callHttp } from '#/testing/push-http.ts';
import { type ApiCaller, alwaysOff, apiCallers, nobodies, operationsByRule, passing } from './api-rules.ts';

/*
 * Every operation of the REST API with every kind of caller, on organization `acme` and its private repository. The routes are mounted with
 * all their checks, but their handlers only say that they were reached: what a handler does is the business of its own tests.
 */

/** Status of a handler that was reached: no refusal has it. */
const reached = 299;

const cleanups: (() => Promise<void> | void)[] = [];
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});
const api = await openApi(
  { after: (cleanup) => void cleanups.push(cleanup as () => Promise<void>) },
  {
    configuration: {
      FEATURE_MAILING: true,
      MAIL_SERVER: '127.0.0.1',
      FEATURE_TEAM_SYNCING: true,
      FEATURE_SIGNING: true,
      FEATURE_SECURITY_SCANNER: true,
      FEATURE_REPO_MIRROR: true,
      FEATURE_SUPERUSER_CONFIGDUMP: true,
      PERMANENTLY_DELETE_TAGS: true,
    },
  },
);
const identities = await createPeople(api);
const url = await mountProbes(api);

test('every operation has its rule', () => {
  const found: Record<string, string[]> = {};
  for (const { access, operationId } of apiRoutes) {
    found[access.name] = [...(found[access.name] ?? []), operationId].sort();
  }
  assert.deepEqual(found, operationsByRule);
});

for (const caller of apiCallers) {
  test(`${caller} reaches what the rules say and nothing else`, async () => {
    const found: Record<string, number> = {};
    const expected: Record<string, number> = {};
    for (const route of apiRoutes) {
      const { status } = await callHttp(`${url}${pathOf(route)}`, {
        method: route.method,
        headers: identities[caller],
      });
      found[route.operationId] = status;
      expected[route.operationId] = expectedStatus(caller, route);
    }
    assert.deepEqual(found, expected);
  });
}

function expectedStatus(caller: ApiCaller, route: ApiRoute): number {
  if (alwaysOff.has(route.operationId)) return 404;
  if ((passing[route.access.name] ?? []).includes(caller)) return reached;
  return nobodies.has(caller) ? 401 : 403;
}

const names: Readonly<Record<string, string>> = {
  repository: 'acme/app',
  orgname: 'acme',
  teamname: 'builders',
};

function pathOf({ facts }: ApiRoute): string {
  return `/api/v1${facts.path.replaceAll(/:(\w+)/g, (_match, name: string) => names[name] ?? 'x')}`;
}

async function mountProbes({ services, configuration, dataDirectory }: ApiFixture): Promise<string> {
  const app = createHttpServer({
    repositoryUrls: apiRoutes.map((route) => route.url),
    forwarding: { proxyCount: 1, trustedProxies: [] },
  });
  const basic = {
    engine: openAuthEngine(services, 'database', {}),
    secretKey: configuration.secrets.secretKey,
  };
  // Probes end before their handler: nothing asks for certificates.
  const certificates = {
    current: () => assert.fail(),
    refresh: () => assert.fail(),
  };
  const live = createLiveConfiguration(configuration);
  const directory = createNodeDirectory(dataDirectory, dataDirectory);
  const probed: ApiServices = {
    domain: services,
    settings: apiSettings(configuration, undefined),
    basic,
    external: {
      logins: [],
      needsHuman: false,
      directoryId: undefined,
      syncsTeams: false,
      basic,
      pending: { key: configuration.secrets.secretKey, secure: false },
    },
    certificates,
    configuration: createConfigurationControl({
      services,
      live,
      directory,
      follower: followDirectory(services, live, directory),
      restart: () => assert.fail(),
      signToken: () => assert.fail(),
    }),
  };
  const probes = apiRoutes.map((route) => ({
    ...route,
    request: { params: route.request.params, query: z.unknown(), body: { kind: 'none' as const } },
    handle: async () => jsonAnswer(reached, {}),
  }));
  const observer = createRequestObserver(createMetrics('probe'), undefined);
  const baseUrl = { serverHostname: undefined, scheme: 'http' as const };
  mountApi(app, probed, observer, { baseUrl, onBrokenBody: () => undefined }, probes);
  cleanups.push(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function createPeople(
  fixture: ApiFixture,
): Promise<Readonly<Record<ApiCaller, Readonly<Record<string, string>>>>> {
  const { services, createPerson, headersOf, tokenOf } = fixture;
  const person = (name: string, superuser = false) =>
    createPerson(name, { email: `${name}@example.com`, superuser });
  const owner = await person('owner');
  const acme = await createOrganization(services, { name: 'acme', ownerId: owner.id });
  const repository = await createRepository(services, {
    namespaceId: acme.id,
    name: 'app',
    visibility: 'private',
    creator: undefined,
  });
  const robot = await createRobot(services, { owner: acme, shortName: 'ci' });
  for (const name of ['stranger', 'reader', 'writer', 'admin', 'member', 'creator']) await person(name);
  await person('chief', true);
  await person('root', true);
  const disabled = await person('disabled');
  for (const [name, role] of [
    ['reader', 'read'],
    ['acme+ci', 'read'],
    ['writer', 'write'],
    ['admin', 'admin'],
    ['disabled', 'admin'],
  ] as const) {
    await setRepositoryPermission(services, { repository, delegate: { kind: 'user', name }, role });
  }
  await createTeam(services, { organizationId: acme.id, name: 'builders', role: 'member' });
  await createTeam(services, { organizationId: acme.id, name: 'makers', role: 'creator' });
  for (const [team, member] of [
    ['builders', 'member'],
    ['makers', 'creator'],
    ['owners', 'chief'],
  ] as const) {
    await addTeamMember(services, { organizationId: acme.id, team, member });
  }
  const session = (as: string) => headersOf({ as });
  const token = async (name: string, scope: OauthScope) =>
    headersOf({ bearer: await tokenOf(name, [scope]) });
  const disabledHeaders = await session('disabled');
  await setAccountEnabled(services, { accountId: disabled.id, enabled: false });
  const robotCredentials = Buffer.from(`acme+ci:${robot.token}`).toString('base64');
  return {
    anonymous: await headersOf({}),
    'disabled user': disabledHeaders,
    robot: { ...(await headersOf({})), authorization: `Basic ${robotCredentials}` },
    'other tenant': await session('stranger'),
    reader: await session('reader'),
    writer: await session('writer'),
    'repository admin': await session('admin'),
    member: await session('member'),
    creator: await session('creator'),
    owner: await session('owner'),
    superuser: await session('root'),
    'superuser and owner': await session('chief'),
    'token repo:read': await token('owner', 'repo:read'),
    'token repo:write': await token('owner', 'repo:write'),
    'token repo:admin': await token('owner', 'repo:admin'),
    'token repo:create': await token('owner', 'repo:create'),
    'token user:read': await token('owner', 'user:read'),
    'token user:admin': await token('owner', 'user:admin'),
    'token org:admin': await token('owner', 'org:admin'),
    'token super:user of the superuser': await token('root', 'super:user'),
    'token super:user of the owner': await token('owner', 'super:user'),
  };
}
