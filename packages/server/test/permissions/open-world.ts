import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Digest, mediaTypes, parseTagName } from '@wharf/oci';
import { buildHttp } from '#/compose/build-http.ts';
import { openServices } from '#/compose/open-services.ts';
import { createOrganization, createRobot, createUser, setAccountEnabled } from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { pushManifest } from '#/domain/tags/index.ts';
import { createAccessToken, createOauthApplication, createOauthToken } from '#/domain/tokens/index.ts';
import { startUpload, uploadBlob } from '#/domain/uploads/index.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { bodyOf, digestOf } from '#/testing/bytes.ts';
import { callHttp, type HttpAnswer, type HttpCall, keepAliveAgent } from '#/testing/push-http.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

/** Everybody who calls; `anonymous` sends no credentials at all. */
export const callers = [
  'anonymous',
  'reader',
  'writer',
  'admin',
  'other tenant',
  'robot with read',
  'robot with write',
  'superuser without rights',
  'disabled user',
  'access token of another repository',
  'OAuth token with repo:read',
  'OAuth token with user:read',
] as const;

export type Caller = (typeof callers)[number];

const password = 'correct-horse';

export interface World {
  readonly services: Services;
  readonly url: string;
  /** What the caller logs in with, `name:secret`. */
  readonly credentials: Readonly<Record<Exclude<Caller, 'anonymous'>, string>>;
  readonly privateRepository: RepositoryReference;
  readonly publicRepository: RepositoryReference;
  /** Of the other tenant, private. */
  readonly foreignRepository: RepositoryReference;
  call(method: string, path: string, more?: Omit<HttpCall, 'method' | 'agent'>): Promise<HttpAnswer>;
  /** Registry token of a caller for everything on the repository; undefined for no token at all. */
  tokenOf(caller: Caller, repository: RepositoryReference): Promise<string | undefined>;
  readonly content: Content;
  /** How many pairs of method and path the router answers. */
  readonly mountedRoutes: number;
}

/** Makes content without HTTP, so that a test of a route depends on that route only. */
interface Content {
  blob(repository: RepositoryReference, bytes: Buffer): Promise<Digest>;
  upload(repository: RepositoryReference): Promise<string>;
  /** An artifact that holds the two bytes of an empty JSON document; `name` makes its digest its own. */
  manifest(repository: RepositoryReference, tag: string, name: string): Promise<Digest>;
}

/**
 * The whole HTTP side of a server in this process, on a new data directory: organization `acme` with a private and a public repository
 * on which everybody has what the name of the caller says, and `stranger` with a repository of its own.
 */
export async function openWorld(t: Pick<TestContext, 'after'>): Promise<World> {
  const dataDirectory = join(scratchDirectory(), 'data');
  const logger = silentLogger();
  const opened = await openServices({ dataDirectory, configDirectory: undefined }, { logger });
  const passwordHasher = createPasswordHasher({ rounds: 4 });
  const services: Services = { ...opened.services, passwordHasher };
  const metrics = createMetrics(opened.configuration.metrics.namespace);
  const { app, flush } = await buildHttp({ ...opened, services }, metrics, {
    dataDirectory,
    version: 'test',
    setupToken: undefined,
    roles: ['registry'],
    accessLogger: undefined,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const agent = keepAliveAgent();
  t.after(async () => {
    agent.destroy();
    await app.close();
    await flush();
    await passwordHasher.close();
    await opened.close();
  });

  const people = await createPeople(services);
  const call: World['call'] = (method, path, more = {}) =>
    callHttp(`${url}${path}`, { ...more, method, agent });
  const tokens = new Map<string, Promise<string>>();

  async function fetchToken(caller: Exclude<Caller, 'anonymous'>, repository: RepositoryReference) {
    const scope = `repository:${repository.namespace}/${repository.name}:pull,push,*`;
    const query = new URLSearchParams({ service: new URL(url).host, scope });
    const answer = await call('GET', `/v2/auth?${query}`, {
      headers: { authorization: basic(people.credentials[caller]) },
    });
    if (answer.status !== 200) throw new Error(`${caller}: ${answer.status} ${answer.body}`);
    return (JSON.parse(answer.body.toString()) as { token: string }).token;
  }

  const tokenOf: World['tokenOf'] = async (caller, repository) => {
    if (caller === 'anonymous') return undefined;
    const key = `${caller} ${repository.id}`;
    const token = tokens.get(key) ?? fetchToken(caller, repository);
    tokens.set(key, token);
    return token;
  };

  const { privateRepository, publicRepository, disabledUserId } = people;
  // Disabled only after it got tokens: those must be void, too.
  for (const repository of [privateRepository, publicRepository]) await tokenOf('disabled user', repository);
  await setAccountEnabled(services, { accountId: disabledUserId, enabled: false });
  const mountedRoutes = countRoutes(app.printRoutes({ commonPrefix: false }));
  return { ...people, services, url, call, tokenOf, content: contentOf(services), mountedRoutes };
}

/** The router prints a line for each path, with its methods in brackets. */
function countRoutes(printed: string): number {
  return [...printed.matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, methods = '']) => methods.split(', ')).length;
}

export function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

async function createPeople(services: Services) {
  const person = (name: string, more: { readonly superuser?: boolean } = {}) =>
    createUser(services, { name, password, ...more });
  const owner = await person('owner');
  const acme = await createOrganization(services, { name: 'acme', ownerId: owner.id });
  const stranger = await person('stranger');
  await person('superuser', { superuser: true });
  const disabled = await person('disabled');
  for (const name of ['reader', 'writer', 'admin']) await person(name);
  const robots = {
    reader: await createRobot(services, { owner: acme, shortName: 'reader' }),
    writer: await createRobot(services, { owner: acme, shortName: 'writer' }),
  };

  const repositoryOf = (namespaceId: number, name: string, visibility: 'private' | 'public') =>
    createRepository(services, { namespaceId, name, visibility, creator: undefined });
  const privateRepository = await repositoryOf(acme.id, 'secret/app', 'private');
  const publicRepository = await repositoryOf(acme.id, 'open', 'public');
  const neighbour = await repositoryOf(acme.id, 'neighbour', 'private');
  const foreignRepository = await repositoryOf(stranger.id, 'own', 'private');
  for (const repository of [privateRepository, publicRepository]) {
    for (const [name, role] of [
      ['reader', 'read'],
      ['writer', 'write'],
      ['admin', 'admin'],
      ['disabled', 'admin'],
      ['acme+reader', 'read'],
      ['acme+writer', 'write'],
    ] as const) {
      await setRepositoryPermission(services, { repository, delegate: { kind: 'user', name }, role });
    }
  }

  const application = await createOauthApplication(services, { ownerId: acme.id, name: 'application' });
  const grant = async (scope: 'repo:read' | 'user:read') =>
    (await createOauthToken(services, { application, accountId: owner.id, scopes: [scope] })).token;
  const access = await createAccessToken(services, {
    repository: neighbour,
    friendlyName: 'neighbour',
    role: 'admin',
    kind: 'pushpull-token',
    temporary: false,
  });
  const credentials: World['credentials'] = {
    reader: `reader:${password}`,
    writer: `writer:${password}`,
    admin: `admin:${password}`,
    'other tenant': `stranger:${password}`,
    'robot with read': `acme+reader:${robots.reader.token}`,
    'robot with write': `acme+writer:${robots.writer.token}`,
    'superuser without rights': `superuser:${password}`,
    'disabled user': `disabled:${password}`,
    'access token of another repository': `$token:${access.token}`,
    'OAuth token with repo:read': `$oauthtoken:${await grant('repo:read')}`,
    'OAuth token with user:read': `$oauthtoken:${await grant('user:read')}`,
  };
  return {
    credentials,
    privateRepository,
    publicRepository,
    foreignRepository,
    disabledUserId: disabled.id,
  };
}

function contentOf(services: Services): Content {
  const blob: Content['blob'] = async (repository, bytes) => {
    const digest = digestOf(bytes);
    await uploadBlob(services, { repositoryId: repository.id, digest, body: bodyOf(bytes) });
    return digest;
  };
  return {
    blob,
    upload: async (repository) => (await startUpload(services, { repositoryId: repository.id })).uuid,
    async manifest(repository, tag, name) {
      const empty = Buffer.from('{}');
      const bytes = artifactOf(await blob(repository, empty), empty.length, name);
      const { digest } = await pushManifest(services, {
        repository,
        mediaType: mediaTypes.ociManifest,
        bytes,
        reference: { tag: parseTagName(tag) },
        tags: [],
        performer: { accountId: null, ip: null, metadata: {} },
      });
      return digest;
    },
  };
}

/** A manifest of one blob, which is its configuration and its layer. */
export function artifactOf(digest: Digest, size: number, name: string): Buffer {
  const descriptor = { mediaType: mediaTypes.ociEmpty, digest, size };
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: 'application/vnd.example.test',
      config: descriptor,
      layers: [descriptor],
      annotations: { name },
    }),
  );
}
