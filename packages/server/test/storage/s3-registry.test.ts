import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { digestOf } from '#/testing/bytes.ts';
import { type CephBucket, cephAbsence, registryOnCeph, startCeph } from '#/testing/ceph.ts';
import { createPushClient, pushDialects } from '#/testing/push-client.ts';
import { makePushBlob, makePushImage, type PushImage } from '#/testing/push-image.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const absence = cephAbsence();
const fiveMiB = 5 * 1024 ** 2;

function makeImage(name: string): PushImage {
  // Below the least size of a multipart part, around it, and several parts.
  const sizes = [1, 1000, fiveMiB - 1, 2 * fiveMiB + 17];
  return makePushImage(
    sizes.map((size) => makePushBlob(randomBytes(size))),
    name,
  );
}

describe('a registry on an object store', { skip: absence ?? false }, () => {
  let ceph: CephBucket;
  let server: ServerProcess;
  /** On loopback under another name than the registry, which redirects to other hosts only. */
  const configuration = (bucket: CephBucket): Record<string, unknown> => {
    const { hostname } = new URL(bucket.endpointUrl);
    return registryOnCeph(bucket, hostname === '127.0.0.1' ? 'localhost' : hostname);
  };

  before(async () => {
    ceph = await startCeph();
    server = await startServer({ configuration: configuration(ceph) });
    await initializeServer(server);
  });
  after(async () => {
    await server?.dispose();
    await ceph?.stop();
  });

  for (const dialect of pushDialects) {
    test(`a push in the dialect "${dialect}" is read back through signed URLs, byte for byte`, async () => {
      const client = createPushClient({ server, repository: `admin/${dialect}` });
      try {
        const image = makeImage(dialect);
        await client.pushImage(image, 'v1', dialect);
        for (const blob of image.blobs) {
          const redirect = await client.expect(302, 'GET', `blobs/${blob.digest}`);
          assert.equal(redirect.headers['docker-content-digest'], blob.digest);
          // Without the token: the signature is all that the store may need.
          const response = await fetch(redirect.headers.location ?? '');
          assert.equal(response.status, 200);
          assert.equal(digestOf(Buffer.from(await response.arrayBuffer())), blob.digest);
          const head = await client.expect(200, 'HEAD', `blobs/${blob.digest}`);
          assert.equal(Number(head.headers['content-length']), blob.bytes.length);
        }
      } finally {
        client.close();
      }
    });
  }

  test('an upload goes on after a restart of the server', async () => {
    const blob = makePushBlob(randomBytes(2 * fiveMiB + 12_345));
    const cut = fiveMiB + 7;
    const first = createPushClient({ server, repository: 'admin/restart' });
    const path = await first.startUpload(blob);
    await first.sendChunk(path, blob.bytes.subarray(0, cut), 0);
    first.close();
    const { port, dataDirectory } = server;
    await server.stop();
    server = await startServer({ configuration: configuration(ceph), dataDirectory, port });
    const second = createPushClient({ server, repository: 'admin/restart' });
    try {
      const state = await second.expect(204, 'GET', path);
      assert.equal(state.headers.range, `0-${cut - 1}`);
      await second.sendChunk(path, blob.bytes.subarray(cut), cut);
      await second.commitUpload(path, blob);
      assert.ok(await second.hasBlob(blob.digest));
    } finally {
      second.close();
    }
  });
});
