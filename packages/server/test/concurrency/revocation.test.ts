import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OpenedServices, openServices } from '#/compose/open-services.ts';
import { findBlob } from '#/domain/blobs/index.ts';
import { createOrganization, createRobot, createUser, findAccountByName } from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import { createAppToken } from '#/domain/tokens/index.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { runWharf } from '#/testing/push-command.ts';
import type { HttpAnswer } from '#/testing/push-http.ts';
import { makePushImage, type PushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const revokedWithinMs = 5_000;
const password = 'right-password';

interface Names {
  readonly organization: string;
  readonly user: string;
  readonly robot: string;
  readonly appTokenUuid: string;
}

interface Revocation {
  readonly pusher: 'user' | 'robot' | 'app token';
  readonly command: (names: Names) => readonly string[];
  readonly input?: string;
  /** What a write with the issued token answers from then on. */
  readonly refusal: number;
  /** Reading goes on. */
  readonly keepsPull?: boolean;
}

const revocations: Readonly<Record<string, Revocation>> = {
  'robot deleted': { pusher: 'robot', command: ({ robot }) => ['robot', 'delete', robot], refusal: 401 },
  'robot token regenerated': {
    pusher: 'robot',
    command: ({ robot }) => ['robot', 'regenerate', robot],
    refusal: 401,
  },
  'password changed': {
    pusher: 'user',
    command: ({ user }) => ['user', 'set-password', user, '--password-stdin'],
    input: 'another-password',
    refusal: 401,
  },
  'user disabled': { pusher: 'user', command: ({ user }) => ['user', 'disable', user], refusal: 401 },
  'permission removed': {
    pusher: 'user',
    command: ({ organization, user }) => ['permission', 'remove', `${organization}/app`, '--user', user],
    refusal: 401,
  },
  'permission lowered': {
    pusher: 'user',
    command: ({ organization, user }) => [
      ...['permission', 'set', `${organization}/app`],
      ...['--user', user, '--role', 'read'],
    ],
    refusal: 401,
    keepsPull: true,
  },
  'app token revoked': {
    pusher: 'app token',
    command: ({ user, appTokenUuid }) => ['token', 'revoke', appTokenUuid, '--user', user],
    refusal: 401,
  },
  'namespace disabled': {
    pusher: 'user',
    command: ({ organization }) => ['org', 'disable', organization],
    refusal: 405,
  },
  'namespace of a robot disabled': {
    pusher: 'robot',
    command: ({ organization }) => ['org', 'disable', organization],
    refusal: 401,
  },
  'repository read-only': {
    pusher: 'robot',
    command: ({ organization }) => ['repo', 'set-state', `${organization}/app`, 'READ_ONLY'],
    refusal: 401,
    keepsPull: true,
  },
};

// Most of the time goes by in waiting for the end of what the server may remember.
describe('a right that ends between PATCH and PUT', { concurrency: 4 }, () => {
  let server: ServerProcess;
  let opened: OpenedServices;

  before(async () => {
    const dataDirectory = scratchDirectory();
    server = await startServer({ dataDirectory, configuration: {} });
    await initializeServer(server);
    const configDirectory = join(dataDirectory, 'test-config');
    opened = await openServices({ dataDirectory, configDirectory }, { logger: silentLogger() });
  });
  after(async () => {
    await opened?.close();
    await server?.dispose();
  });

  for (const [index, [kind, revocation]] of Object.entries(revocations).entries()) {
    test(`${kind}: the token ends within 5 s and nothing is committed`, async () => {
      const { names, repository, credentials } = await prepare(`t${index}`, revocation.pusher);
      const client = createPushClient({ server, repository: `${names.organization}/app`, credentials });
      const random = createRandom(kind);
      const before = makePushImage(randomLayers(random, 1, 20_000), 'before');
      await client.pushImage(before, 'before', 'docker');
      const image = makePushImage(randomLayers(random, 1, 20_000), 'after');
      const [layer, config] = image.blobs;
      assert.ok(layer !== undefined && config !== undefined);
      await client.pushBlob(config, 'docker');
      const path = await client.sendChunk(await client.startUpload(layer), layer.bytes, undefined);

      await runWharf(server, revocation.command(names), revocation.input);
      const revokedAt = performance.now();
      const refused = await untilRefused(client, revokedAt);
      assertRefusal(refused, revocation);

      await assertNothingCommitted(client, { path, image, revocation, repository });
      const pull = await client.call('GET', 'manifests/before');
      assert.equal(pull.status, revocation.keepsPull === true ? 200 : revocation.refusal);
      client.close();
    });
  }

  /** An organization with a repository and somebody who may push to it, through the domain: only the revocation is a command. */
  async function prepare(
    organizationName: string,
    pusher: Revocation['pusher'],
  ): Promise<{
    readonly names: Names;
    readonly repository: RepositoryReference;
    readonly credentials: { readonly username: string; readonly password: string };
  }> {
    const { services } = opened;
    const admin = await findAccountByName(services.database.read, 'admin');
    assert.ok(admin !== undefined);
    const organization = await createOrganization(services, { name: organizationName, ownerId: admin.id });
    const user = await createUser(services, {
      name: `${organizationName}-user`,
      email: undefined,
      password,
      superuser: false,
    });
    const robot = await createRobot(services, { owner: organization, shortName: 'ci' });
    const appToken = await createAppToken(services, { accountId: user.id, title: 'laptop' });
    const repository = await createRepository(services, {
      namespaceId: organization.id,
      name: 'app',
      visibility: 'private',
      creator: undefined,
    });
    for (const { name } of [user, robot.account])
      await setRepositoryPermission(services, {
        repository,
        delegate: { kind: 'user', name },
        role: 'write',
      });
    const credentials = {
      user: { username: user.name, password },
      robot: { username: robot.account.name, password: robot.token },
      'app token': { username: '$app', password: appToken.token },
    }[pusher];
    const names = {
      organization: organization.name,
      user: user.name,
      robot: robot.account.name,
      appTokenUuid: appToken.uuid,
    };
    return { names, repository, credentials };
  }

  async function assertNothingCommitted(
    client: PushClient,
    push: {
      readonly path: string;
      readonly image: PushImage;
      readonly revocation: Revocation;
      readonly repository: RepositoryReference;
    },
  ): Promise<void> {
    const { path, image, revocation, repository } = push;
    const [layer, config] = image.blobs;
    assert.ok(layer !== undefined && config !== undefined);
    const body = image.manifest;
    const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
    for (const answer of [
      await client.call('PUT', `${path}?digest=${layer.digest}`),
      await client.call('PATCH', path, { body: Buffer.from('more') }),
      await client.call('POST', `blobs/uploads/?digest=${layer.digest}`, { body: layer.bytes }),
      await client.call('PUT', 'manifests/after', { body, headers }),
      await client.call('DELETE', path),
      await client.call('DELETE', 'manifests/before'),
      await client.call('DELETE', `blobs/${config.digest}`),
    ]) {
      assertRefusal(answer, revocation);
    }
    const { database, clock } = opened.services;
    const nowMs = clock.nowMs();
    assert.equal(await findBlob(database.read, repository.id, layer.digest, nowMs), undefined);
    assert.ok((await findBlob(database.read, repository.id, config.digest, nowMs)) !== undefined);
    const tags = await database.read
      .selectFrom('current_tags')
      .select('name')
      .where('repository_id', '=', repository.id)
      .execute();
    assert.deepEqual(tags, [{ name: 'before' }]);
  }
});

/** Asks for a small write again and again until it is refused, which must be in time. */
async function untilRefused(client: PushClient, revokedAt: number): Promise<HttpAnswer> {
  for (;;) {
    const askedAt = performance.now();
    const answer = await client.call('POST', 'blobs/uploads/');
    if (answer.status !== 202) return answer;
    assert.ok(askedAt - revokedAt < revokedWithinMs, 'the token still works after 5 s');
    await sleep(100);
  }
}

function assertRefusal(answer: HttpAnswer, { refusal }: Revocation): void {
  assert.equal(answer.status, refusal, answer.body.toString('utf8'));
}
