import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { createRegistryTokens } from '#/auth/registry-token.ts';
import type { Database } from '#/db/database.ts';
import { createPullLog } from '#/domain/logs/index.ts';
import { createOrganization, createRobot, createUser } from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import { createHttpServer } from '#/http/http-server.ts';
import { mount } from '#/http/mount.ts';
import { manualClock } from '#/platform/clock.ts';
import { createPasswordHasher, type PasswordHasher } from '#/platform/password-hasher.ts';
import { registryErrorAnswer } from '#/registry/errors.ts';
import { tokenRoutes } from '#/registry/token/token-routes.ts';
import { createTestAuthSettings, openTestInstanceKey } from '#/testing/auth-fixture.ts';
import { createTestServices } from '#/testing/services.ts';

const startMs = Date.UTC(2026, 0, 1);
/** `SERVER_HOSTNAME` of the service. */
export const hostname = 'registry.example.com:8443';
const passwordHasher = createPasswordHasher({ rounds: 4 });

export interface TokenServiceOptions {
  readonly settings?: Partial<DomainSettings>;
  readonly serverHostname?: string | undefined;
  /** Of the service under test; accounts are made with another. */
  readonly passwordHasher?: PasswordHasher;
}

export interface TokenCall {
  /** `name:secret`; absent for no header. */
  readonly as?: string | undefined;
  readonly authorization?: string;
  readonly scope?: string | readonly string[];
  readonly service?: string;
  readonly query?: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: string;
}

/**
 * `/v2/auth` on a new database: users `owner` and `alice`, organization `acme` of the former with the robot `acme+ci`, a private
 * repository `acme/app` that alice reads and the robot writes, and a public one, `acme/open`.
 */
export async function openTokenService(
  t: TestContext,
  open: () => Promise<Database>,
  options: TokenServiceOptions = {},
) {
  const clock = manualClock(startMs);
  const services = createTestServices({
    database: await open(),
    clock,
    passwordHasher: options.passwordHasher ?? passwordHasher,
    settings: options.settings ?? {},
  });
  const { settings: auth, remove } = await createTestAuthSettings();
  t.after(remove);
  const { database, secretBox } = services;
  const writable = createTestServices({ database, clock, passwordHasher, secretBox });
  const instanceKey = await openTestInstanceKey(writable, auth);
  const tokens = createRegistryTokens(services, auth, instanceKey);
  const serverHostname = 'serverHostname' in options ? options.serverHostname : hostname;
  const app = createHttpServer({ repositoryUrls: [], forwarding: { proxyCount: 0, trustedProxies: [] } });
  const loginLog = createPullLog(services);
  t.after(() => loginLog.close());
  t.after(() => app.close());
  mount(app, tokenRoutes, {
    services: {
      domain: services,
      tokens,
      loginLog,
      basic: { engine: openAuthEngine(services, auth.engine, {}), secretKey: auth.secretKey },
    },
    baseUrl: { serverHostname, scheme: 'https' },
    onError: (error, request) => registryErrorAnswer(error, request, services.logger),
    onBrokenBody: (error) => assert.ifError(error),
  });

  const owner = await createUser(writable, { name: 'owner', password: 'correct-horse' });
  const alice = await createUser(writable, { name: 'alice', password: 'correct-horse' });
  const acme = await createOrganization(writable, { name: 'acme', ownerId: owner.id });
  const robot = await createRobot(writable, { owner: acme, shortName: 'ci' });
  const create = (name: string, more: Partial<Parameters<typeof createRepository>[1]> = {}) =>
    createRepository(writable, {
      namespaceId: acme.id,
      name,
      visibility: 'private',
      creator: undefined,
      ...more,
    });
  const repository = await create('app');
  await create('open', { visibility: 'public' });
  for (const [name, role] of [
    ['alice', 'read'],
    ['acme+ci', 'write'],
  ] as const) {
    await setRepositoryPermission(writable, { repository, delegate: { kind: 'user', name }, role });
  }

  const call = (request: TokenCall = {}) => {
    const query = new URLSearchParams(request.query);
    for (const scope of [request.scope ?? []].flat()) query.append('scope', scope);
    query.append('service', request.service ?? hostname);
    const authorization =
      request.authorization ??
      (request.as === undefined ? undefined : `Basic ${Buffer.from(request.as).toString('base64')}`);
    return app.inject({
      method: request.method ?? 'GET',
      url: `/v2/auth?${query}`,
      headers: { ...(authorization === undefined ? {} : { authorization }), ...request.headers },
      ...(request.payload === undefined ? {} : { payload: request.payload }),
    });
  };
  /** The granted actions by repository as `name: action,action`, or status and error code. */
  const ask = async (request: TokenCall): Promise<string> => {
    const response = await call(request);
    const body = response.json();
    if (response.statusCode !== 200) return `${response.statusCode} ${body.errors[0].code}`;
    const claims = await tokens.verify(`Bearer ${body.token}`, request.service ?? hostname);
    return claims.access.map(({ name, actions }) => `${name}: ${actions.join(',')}`).join(' ');
  };
  return { services, writable, clock, tokens, owner, alice, acme, robot, repository, create, call, ask };
}
