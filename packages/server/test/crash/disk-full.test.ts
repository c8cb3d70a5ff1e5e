import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { createPushClient, type PushClient, pushDialects, RefusedError } from '#/testing/push-client.ts';
import type { HttpAnswer } from '#/testing/push-http.ts';
import { makePushBlob, makePushImage, type PushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { mountSmallDisk } from '#/testing/push-small-disk.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const diskBytes = 32 * 1024 * 1024;
/** What a full disk may be called: out of space, or unavailable. */
const refusals = [507, 503];

const disk = mountSmallDisk(diskBytes);
const skip = disk === undefined ? 'needs root and mount' : false;
const random = createRandom('disk full');

describe('a full disk', { skip }, () => {
  let server: ServerProcess;
  let client: PushClient;
  /** Acknowledged before the disk was full. */
  let kept: PushImage;
  let dataDirectory: string;

  async function start(configuration: Readonly<Record<string, unknown>>): Promise<void> {
    server = await startServer({ dataDirectory, configuration });
    await initializeServer(server);
    client = createPushClient({ server, repository: 'admin/app' });
    kept = makePushImage(randomLayers(random, 2, 100_000), 'kept');
    await client.pushImage(kept, 'kept', 'docker');
  }

  /** What was acknowledged is there and new pushes work in every dialect. */
  async function assertRecovered(): Promise<void> {
    disk?.free();
    for (const dialect of pushDialects) {
      const image = makePushImage(randomLayers(random, 1, 200_000), dialect);
      await client.pushImage(image, dialect, dialect);
      assert.equal(await client.pullImage(dialect), image.digest);
    }
    await assertPulls();
  }

  async function assertPulls(): Promise<void> {
    for (const reference of ['kept', kept.digest])
      assert.equal(await client.pullImage(reference), kept.digest);
  }

  beforeEach(() => {
    dataDirectory = scratchDirectory();
  });
  afterEach(async () => {
    client?.close();
    await server?.dispose();
    disk?.free();
    for (const name of ['storage', 'database', 'data'])
      await rm(join(disk?.path ?? dataDirectory, name), { recursive: true, force: true });
  });
  after(() => disk?.dispose());

  test('during a chunk: refused, the upload stays where it was and goes on later', async () => {
    await start(onDisk('storage'));
    const first = random.bytes(1024 * 1024);
    const rest = random.bytes(8 * 1024 * 1024);
    const blob = makePushBlob(Buffer.concat([first, rest]));
    let path = await client.startUpload(blob);
    path = await client.sendChunk(path, first, 0);
    disk?.fill(2 * 1024 * 1024);
    for (const declared of [true, false]) {
      const answer = await client.call('PATCH', path, {
        body: declared ? rest : pieces(rest),
        headers: declared ? { 'content-range': `${first.length}-${blob.bytes.length - 1}` } : {},
      });
      assertRefused(answer);
      const state = await client.expect(204, 'GET', path);
      assert.equal(state.headers.range, `0-${first.length - 1}`);
    }
    assertRefused(await client.call('PUT', `${path}?digest=${blob.digest}`, { body: rest }));
    assertRefused(await client.call('POST', `blobs/uploads/?digest=${blob.digest}`, { body: blob.bytes }));
    await assertPulls();
    assert.equal(await client.hasBlob(blob.digest), false);

    disk?.free();
    path = await client.sendChunk(path, rest, first.length);
    await client.commitUpload(path, blob);
    await client.pullBlob(blob.digest);
    await assertRecovered();
  });

  test('during a commit: refused or done, and a refused one can be repeated', async (context) => {
    await start(onDisk('storage'));
    // Every other commit brings the second half of the bytes.
    const commits = await Promise.all(
      randomLayers(random, 6, 50_000).map(async (blob, index) => {
        const { bytes } = blob;
        const sentBytes = index % 2 === 0 ? bytes.length : Math.floor(bytes.length / 2);
        const path = await client.sendChunk(await client.startUpload(blob), bytes.subarray(0, sentBytes), 0);
        return { path, blob, rest: index % 2 === 0 ? undefined : bytes.subarray(sentBytes) };
      }),
    );
    disk?.fill(0);
    const open: typeof commits = [];
    for (const commit of commits) {
      const { path, blob, rest } = commit;
      const answer = await client.call('PUT', `${path}?digest=${blob.digest}`, rest && { body: rest });
      if (answer.status === 201) {
        await client.pullBlob(blob.digest);
        continue;
      }
      assertRefused(answer);
      assert.equal(await client.hasBlob(blob.digest), false);
      open.push(commit);
    }
    context.diagnostic(`${disk?.kind}: ${open.length} of ${commits.length} commits were refused`);
    assert.ok(open.length > 0);
    await assertPulls();

    disk?.free();
    for (const { path, blob, rest } of open) await client.commitUpload(path, blob, rest);
    for (const { blob } of commits) await client.pullBlob(blob.digest);
    await assertRecovered();
  });

  test('during a database write: refused, and pulls go on', async () => {
    await start({ ...onDisk('database'), ALLOW_PULLS_WITHOUT_STRICT_LOGGING: true });
    disk?.fill(0);
    const acknowledged: PushImage[] = [];
    let refused: unknown;
    // The log has some room left in its file: many writes may pass before one must grow it.
    for (let count = 0; refused === undefined && count < 500; count += 1) {
      const image = makePushImage(randomLayers(random, 1, 1000), `${count}`);
      try {
        await client.pushImage(image, `tag-${count}`, 'single');
        acknowledged.push(image);
      } catch (error) {
        refused = error;
      }
    }
    assert.ok(refused instanceof RefusedError, `${refused}`);
    assertRefused(refused.answer);
    await assertPulls();
    for (const { digest } of acknowledged) assert.equal(await client.pullImage(digest), digest);
    await assertRecovered();

    await server.kill();
    const port = server.port;
    server = await startServer({ dataDirectory, port, configuration: onDisk('database') });
    await assertPulls();
    for (const { digest } of acknowledged) assert.equal(await client.pullImage(digest), digest);
  });

  test('with everything on it: every write is refused, and pulls go on', async () => {
    dataDirectory = join(disk?.path ?? '', 'data');
    await start({ ALLOW_PULLS_WITHOUT_STRICT_LOGGING: true });
    disk?.fill(0);
    const refused = await firstRefusal();
    assertRefused(refused);
    for (const dialect of pushDialects) {
      const blob = makePushBlob(random.bytes(2 * 1024 * 1024));
      await assert.rejects(client.pushBlob(blob, dialect), (error: unknown) => {
        assert.ok(error instanceof RefusedError, `${error}`);
        assertRefused(error.answer);
        return true;
      });
    }
    await assertPulls();
    const fresh = createPushClient({ server, repository: 'admin/app' });
    assert.equal(await fresh.pullImage('kept'), kept.digest);
    fresh.close();
    await assertRecovered();
  });

  /** The log of the database has some room left in its file: many writes may pass before one must grow it. */
  async function firstRefusal(): Promise<HttpAnswer> {
    for (let count = 0; count < 500; count += 1) {
      const answer = await client.call('POST', 'blobs/uploads/');
      if (answer.status !== 202) return answer;
    }
    throw new Error('nothing was refused');
  }

  function onDisk(what: 'storage' | 'database'): Readonly<Record<string, unknown>> {
    const path = join(disk?.path ?? '', what);
    return what === 'storage'
      ? { DISTRIBUTED_STORAGE_CONFIG: { default: ['LocalStorage', { storage_path: path }] } }
      : { DB_URI: `sqlite:///${join(path, 'wharf.db')}` };
  }
});

function assertRefused(answer: HttpAnswer): void {
  const text = answer.body.toString('utf8');
  assert.ok(refusals.includes(answer.status), `${answer.status} ${text}`);
  assert.equal(JSON.parse(text).errors[0].code, 'UNAVAILABLE');
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536);
}
