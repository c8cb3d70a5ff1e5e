import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { emptyLayerDigest, emptyLayerSizeBytes } from '@wharf/oci';
import { digestOf } from '#/testing/bytes.ts';
import { createPushClient } from '#/testing/push-client.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

let server: ServerProcess;
before(async () => {
  server = await startServer();
  await initializeServer(server);
});
after(() => server.dispose());

test('the shared empty layer is in every repository without a push', async () => {
  const client = createPushClient({ server, repository: 'admin/nothing-pushed-yet' });
  try {
    const head = await client.expect(200, 'HEAD', `blobs/${emptyLayerDigest}`);
    assert.equal(Number(head.headers['content-length']), emptyLayerSizeBytes);
    const { body } = await client.expect(200, 'GET', `blobs/${emptyLayerDigest}`);
    assert.equal(digestOf(body), emptyLayerDigest);
    assert.ok(gunzipSync(body).every((byte) => byte === 0));
  } finally {
    client.close();
  }
});
