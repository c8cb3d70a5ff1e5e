import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type CreateDatabase, eachDatabaseUri } from '#/testing/databases.ts';
import { createPushClient, type PushClient, pushDialects } from '#/testing/push-client.ts';
import { makePushBlob, makePushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { scanServerData } from '#/testing/push-scan.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const clientCount = 50;
const imagesPerClient = 2;
const repositories = ['admin/one', 'admin/two'];
const sharedTag = 'latest';

eachDatabaseUri('fifty clients push at the same time', (create, dialect) => {
  const servers: ServerProcess[] = [];
  const clients: PushClient[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await Promise.all(servers.splice(0).map((server) => server.dispose()));
  });

  /** Servers on the same database and storage; the first one's data directory is the storage. */
  async function start(count: number): Promise<string> {
    const { dataDirectory, configuration } = await makeConfiguration(create);
    for (let index = 0; index < count; index += 1) {
      const directory = index === 0 ? dataDirectory : scratchDirectory();
      servers.push(await startServer({ dataDirectory: directory, configuration }));
    }
    const [first] = servers;
    if (first !== undefined) await initializeServer(first);
    return dataDirectory;
  }

  /** Clients spread over servers and repositories; those of the same place share a token, as log-ins are not the matter here. */
  async function connect(count: number): Promise<PushClient[]> {
    const places = servers.flatMap((server) => repositories.map((repository) => ({ server, repository })));
    const tokens = await Promise.all(places.map((place) => track(createPushClient(place)).token()));
    return Array.from({ length: count }, (_, index) => {
      const place = places[index % places.length];
      const token = tokens[index % places.length];
      if (place === undefined || token === undefined) throw new Error('no server');
      return track(createPushClient({ ...place, token }));
    });
  }

  function track(client: PushClient): PushClient {
    clients.push(client);
    return client;
  }

  for (const processes of dialect === 'sqlite' ? [1, 2] : [1]) {
    test(`${processes} server(s): shared layers, the same and different tags`, async () => {
      const dataDirectory = await start(processes);
      const random = createRandom(`shared ${processes}`);
      const shared = randomLayers(random, 5, 60_000);
      const pushing = await connect(clientCount);
      const pushed = await Promise.all(
        pushing.map(async (client, index) => {
          const own = createRandom(`client ${index}`);
          const digests: string[] = [];
          for (let count = 0; count < imagesPerClient; count += 1) {
            const layers = [own.pick(shared), own.pick(shared), ...randomLayers(own, 1, 20_000)];
            const image = makePushImage([...new Set(layers)], `${index} ${count}`);
            await client.pushImage(image, `own-${index}`, own.pick(pushDialects));
            await client.pushManifest(image, sharedTag);
            digests.push(image.digest);
          }
          return { client, own: digests.at(-1), digests };
        }),
      );

      // What was written over is alive no more, and its digest with it.
      for (const [index, { client, own }] of pushed.entries())
        assert.equal(await client.pullImage(`own-${index}`), own);
      for (const repository of repositories) {
        const here = pushed.filter(({ client }) => client.repository === repository);
        const [client] = here.map((each) => each.client);
        const latest = await client?.pullImage(sharedTag);
        assert.ok(here.some(({ digests }) => digests.includes(latest ?? '')));
        const answer = await client?.expect(200, 'GET', 'tags/list');
        const { tags } = JSON.parse(answer?.body.toString() ?? '');
        assert.equal(tags.length, here.length + 1);
        assert.equal(new Set(tags).size, tags.length);
      }
      for (const server of servers) await server.stop();
      await scanServerData(dataDirectory);
    });

    test(`${processes} server(s): the same blob at once in every pair of dialects`, async () => {
      const dataDirectory = await start(processes);
      const random = createRandom(`same blob ${processes}`);
      const [one, , two] = await connect(3 * processes);
      if (one === undefined || two === undefined) throw new Error('no client');
      for (const first of pushDialects) {
        for (const second of pushDialects) {
          const blob = makePushBlob(random.bytes(400_000));
          await Promise.all([one.pushBlob(blob, first), two.pushBlob(blob, second)]);
          for (const client of [one, two]) assert.ok((await client.pullBlob(blob.digest)).equals(blob.bytes));
        }
      }
      await one.pushImage(makePushImage([], 'end'), 'end', 'docker');
      for (const server of servers) await server.stop();
      await scanServerData(dataDirectory);
    });
  }
});

async function makeConfiguration(create: CreateDatabase): Promise<{
  readonly dataDirectory: string;
  readonly configuration: Readonly<Record<string, unknown>>;
}> {
  const dataDirectory = scratchDirectory();
  const storage = { default: ['LocalStorage', { storage_path: `${dataDirectory}/storage` }] };
  return {
    dataDirectory,
    configuration: { DB_URI: await create('empty'), DISTRIBUTED_STORAGE_CONFIG: storage },
  };
}
