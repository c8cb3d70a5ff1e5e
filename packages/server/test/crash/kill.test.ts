import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { createPushClient, pushDialects, RefusedError } from '#/testing/push-client.ts';
import { makePushImage, randomLayers } from '#/testing/push-image.ts';
import { createPushLedger, type PushLedger } from '#/testing/push-ledger.ts';
import { chooseSeed, createRandom, type Random } from '#/testing/push-random.ts';
import { scanServerData } from '#/testing/push-scan.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const long = process.env.WHARF_TEST_LONG === '1';
const rounds = { sqlite: long ? 200 : 20, postgresql: long ? 10 : 1, mysql: long ? 10 : 1 };
const repositories = ['admin/one', 'admin/two', 'admin/three'];
const clientsPerRepository = 2;
/** A request that died holds its upload for 30 s; what it sent can be continued then. */
const lockEndsMs = 45_000;

eachDatabaseUri('kill -9 in the middle of pushes', (create, dialect) => {
  test(`${rounds[dialect]} rounds: nothing acknowledged is lost, nothing is left over`, async (context) => {
    const seed = chooseSeed();
    context.diagnostic(`WHARF_TEST_SEED=${seed}`);
    const random = createRandom(`${seed} ${dialect}`);
    const dataDirectory = scratchDirectory();
    const uri = await create();
    const start = (): Promise<ServerProcess> =>
      startServer({ dataDirectory, configuration: { DB_URI: uri } });
    const ledgers = new Map(repositories.map((name) => [name, createPushLedger()]));

    let server = await start();
    try {
      await initializeServer(server);
      for (let round = 1; round <= rounds[dialect]; round += 1) {
        await pushUntilKilled(server, ledgers, random, `${round}`);
        server = await start();
        await verifyAll(server, ledgers, 'new');
      }
      if (dialect === 'sqlite' || long) await finishUploads(server, ledgers);
      await verifyAll(server, ledgers, 'all');
      await server.stop();
    } catch (error) {
      console.error(`WHARF_TEST_SEED=${seed} WHARF_TEST_DIALECT=${dialect} ${server.output().slice(-3000)}`);
      throw error;
    } finally {
      await server.dispose();
    }

    await scanServerData(dataDirectory);
    const all = [...ledgers.values()];
    const manifests = sum(all.map(({ manifestCount }) => manifestCount));
    const resumed = sum(all.map(({ resumedCount }) => resumedCount));
    context.diagnostic(`${manifests} manifests acknowledged, ${resumed} uploads continued`);
    assert.ok(manifests >= rounds[dialect], 'the kills came while manifests were pushed');
  });
});

/** Clients push images, sharing layers, until the server dies under them. */
async function pushUntilKilled(
  server: ServerProcess,
  ledgers: ReadonlyMap<string, PushLedger>,
  random: Random,
  round: string,
): Promise<void> {
  const shared = randomLayers(random, 2, 200_000);
  let killed = false;
  const firstManifest = Promise.withResolvers<void>();
  const pushing = [...ledgers].flatMap(([repository, ledger]) =>
    Array.from({ length: clientsPerRepository }, async (_, number) => {
      const { observer } = ledger;
      const client = createPushClient({
        server,
        repository,
        observer: {
          ...observer,
          manifestKept(image, tag) {
            observer.manifestKept?.(image, tag);
            firstManifest.resolve();
          },
        },
      });
      const own = createRandom(`${repository} ${round} ${number} ${random.below(2 ** 32)}`);
      try {
        for (let count = 0; ; count += 1) {
          const layers = [own.pick(shared), ...randomLayers(own, 2, 300_000)];
          const image = makePushImage(layers, `${round} ${number} ${count}`);
          await client.pushImage(image, `${round}-${number}-${count}`, own.pick(pushDialects));
          await client.pushManifest(image, `latest-${number}`);
        }
      } catch (error) {
        // The connection may fail in any way once the process is dead, but no answer may be a refusal.
        if (!killed || error instanceof RefusedError) throw error;
      } finally {
        client.close();
      }
    }),
  );
  const ended = Promise.allSettled(pushing);
  // Without one acknowledged manifest a round would prove little.
  await Promise.race([firstManifest.promise, Promise.all(pushing)]);
  await sleep(random.below(400));
  killed = true;
  await killAll(server);
  for (const result of await ended) {
    if (result.status === 'rejected') throw result.reason;
  }
}

/** With the processes that it forked, as the kernel does when memory is short or the machine stops. */
async function killAll(server: ServerProcess): Promise<void> {
  const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').catch(() => '');
  for (const pid of children.trim().split(' ').map(Number)) {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  }
  await server.kill();
}

async function verifyAll(
  server: ServerProcess,
  ledgers: ReadonlyMap<string, PushLedger>,
  which: 'all' | 'new',
): Promise<void> {
  for (const [repository, ledger] of ledgers) {
    const client = createPushClient({ server, repository });
    await ledger.verify(client, which);
    await ledger.resume(client);
    client.close();
  }
}

/** Continues what dead requests held, as soon as their hold has run out. */
async function finishUploads(server: ServerProcess, ledgers: ReadonlyMap<string, PushLedger>): Promise<void> {
  const giveUpAtMs = Date.now() + lockEndsMs;
  for (const [repository, ledger] of ledgers) {
    const client = createPushClient({ server, repository });
    while (ledger.unfinishedCount > 0) {
      assert.ok(Date.now() < giveUpAtMs, `${ledger.unfinishedCount} uploads stay held`);
      await ledger.resume(client);
      if (ledger.unfinishedCount > 0) await sleep(500);
    }
    client.close();
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
