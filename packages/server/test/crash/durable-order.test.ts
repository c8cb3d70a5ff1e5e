import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import { createPushClient, type PushDialect, pushDialects } from '#/testing/push-client.ts';
import {
  checkChunkOrder,
  checkCommit,
  checkCommitOrder,
  isSync,
  splitAtAnswers,
  type TracedPaths,
  type TracedRequest,
} from '#/testing/push-durable-order.ts';
import { makePushBlob, makePushImage, type PushImage } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { readTrace, type SystemCall, straceWrapper } from '#/testing/push-trace.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, startServer } from '#/testing/server-process.ts';

const layerBytes = 300_000;
/** A push of one layer and one configuration, each of these requests, then the manifest. */
const requestsPerBlob: Readonly<Record<PushDialect, number>> = {
  docker: 3,
  monolithic: 2,
  single: 1,
  chunked: 5,
};

describe('what an answer promises is on disk before it is sent', needsPrograms('strace'), () => {
  const paths = new Map<PushDialect, TracedRequest[]>();
  let traced: TracedPaths;

  before(async () => {
    const dataDirectory = scratchDirectory();
    traced = { storage: join(dataDirectory, 'storage'), log: join(dataDirectory, 'wharf.db-wal') };
    const output = join(dataDirectory, 'trace');
    const server = await startServer({
      dataDirectory,
      configuration: {},
      wrapper: straceWrapper(findProgram('strace') ?? '', output),
    });
    try {
      await initializeServer(server);
      for (const dialect of pushDialects) {
        const client = createPushClient({ server, repository: `admin/${dialect}` });
        const image = makeTracedImage(dialect);
        // A request of a known status marks where the push begins.
        assert.equal((await client.call('GET', '/none')).status, 404);
        for (const blob of image.blobs) await client.pushBlob(blob, dialect);
        await client.pushManifest(image, 'latest');
        client.close();
      }
      await server.stop();
    } finally {
      await server.dispose();
    }
    const requests = splitAtAnswers(await readTrace(output, server.pid));
    for (const dialect of pushDialects) {
      const begin = requests.findIndex(({ status }) => status === 404);
      const count = 2 * requestsPerBlob[dialect] + 1;
      paths.set(dialect, requests.splice(0, begin + 1 + count).slice(begin + 1));
    }
  });
  after(() => paths.clear());

  for (const dialect of pushDialects) {
    test(`${dialect}: bytes, name, folder, rows, answer, in that order`, (context) => {
      const requests = paths.get(dialect) ?? [];
      const syncs = requests.flatMap(({ calls }) => calls).filter(isSync).length;
      context.diagnostic(`${syncs} syncs for two blobs and a manifest`);
      checkPush(dialect, requests, traced);
    });

    test(`${dialect}: any of those steps left out or done too late is noticed`, () => {
      const requests = paths.get(dialect) ?? [];
      for (const [step, broken] of Object.entries(breakEachStep(requests, traced))) {
        assert.throws(() => checkPush(dialect, broken, traced), assert.AssertionError, step);
      }
    });
  }
});

function makeTracedImage(dialect: PushDialect): PushImage {
  const random = createRandom(dialect);
  return makePushImage([makePushBlob(random.bytes(layerBytes))], dialect);
}

function checkPush(dialect: PushDialect, requests: readonly TracedRequest[], paths: TracedPaths): void {
  const perBlob = requestsPerBlob[dialect];
  assert.equal(requests.length, 2 * perBlob + 1);
  for (const first of [0, perBlob]) {
    const blob = requests.slice(first, first + perBlob);
    const commit = blob.at(-1);
    assert.equal(commit?.status, 201);
    const chunks = blob.slice(1, -1);
    for (const chunk of chunks) {
      assert.equal(chunk.status, 202);
      checkChunkOrder(chunk, paths);
    }
    checkCommitOrder(
      commit,
      paths,
      chunks.flatMap(({ calls }) => calls),
    );
  }
  const manifest = requests.at(-1);
  assert.equal(manifest?.status, 201);
  checkCommit(manifest.calls, manifest.answer, paths, 0);
}

/** The push without one kind of its syncs or its rename, and with answers that do not wait for the log. */
function breakEachStep(
  requests: readonly TracedRequest[],
  paths: TracedPaths,
): Record<string, TracedRequest[]> {
  const without = (isGone: (call: SystemCall) => boolean): TracedRequest[] =>
    requests.map((request) => ({ ...request, calls: request.calls.filter((call) => !isGone(call)) }));
  const syncOf = (path: string) => (call: SystemCall) => isSync(call) && call.text.includes(path);
  const moved = (change: (request: TracedRequest) => TracedRequest): TracedRequest[] => requests.map(change);
  return {
    'bytes not synced': without(syncOf(`<${paths.storage}/uploads/`)),
    'name not synced': without(syncOf(`<${paths.storage}/sha256/`)),
    'rows not synced': without(syncOf(`<${paths.log}>`)),
    'no rename': without((call) => call.name.startsWith('rename')),
    'answer first': moved((request) => ({ ...request, answer: { ...request.answer, start: -1 } })),
    'rename first': moved((request) => ({
      ...request,
      calls: request.calls.map((call) => (call.name.startsWith('rename') ? { ...call, start: -1 } : call)),
    })),
  };
}
