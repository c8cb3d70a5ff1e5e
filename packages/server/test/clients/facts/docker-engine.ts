import assert from 'node:assert/strict';
import { request } from 'node:http';
import { mediaTypes } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { openRawSession, withDigest } from '#/testing/client-http.ts';
import { alice, bob } from '#/testing/client-registry.ts';
import {
  describeJson,
  descriptorOf,
  type FactContext,
  fact,
  makeImage,
  openRepository,
  putBlob,
  putManifest,
} from './fact.ts';

/** H2: how the docker engine pushes and pulls. */
export function dockerFacts(context: FactContext): void {
  fact(13, 'a layer: HEAD, mount, one chunked PATCH in that session, PUT, HEAD', async () => {
    const { send, path } = await openRepository(context, 'h13');
    const content = bytesOf(300_000, 13);
    const digest = digestOf(content);
    assert.equal((await send('HEAD', `${path}/blobs/${digest}`)).status, 404);
    const started = await send(
      'POST',
      `${path}/blobs/uploads/?from=alice%2Fh13-none&mount=${encodeURIComponent(digest)}`,
    );
    assert.equal(started.status, 202, started.text);
    const written = await send('PATCH', started.headers.location ?? '', { body: content, chunked: true });
    assert.equal(written.status, 202, written.text);
    const done = await send('PUT', withDigest(written.headers.location, digest), { body: '' });
    assert.equal(done.status, 201, done.text);
    const there = await send('HEAD', `${path}/blobs/${digest}`);
    assert.equal(there.status, 200);
    assert.equal(there.headers['content-length'], String(content.length));
  });

  fact(
    14,
    'the upload has an id in a header and at the end of its path, and takes a digest beside a query',
    async () => {
      const { send, path } = await openRepository(context, 'h14');
      const started = await send('POST', `${path}/blobs/uploads/`);
      const written = await send('PATCH', started.headers.location ?? '', { body: 'h14', chunked: true });
      for (const answer of [started, written]) {
        const location = new URL(answer.headers.location ?? '');
        assert.equal(location.pathname.split('/').at(-1), answer.headers['docker-upload-uuid']);
      }
      const target = `${withDigest(`${written.headers.location}?_state=kept`, digestOf(Buffer.from('h14')))}`;
      assert.equal((await send('PUT', target, { body: '' })).status, 201);
    },
  );

  fact(15, 'the range of a PATCH is two integers', async () => {
    const { send, path } = await openRepository(context, 'h15');
    const started = await send('POST', `${path}/blobs/uploads/`);
    const written = await send('PATCH', started.headers.location ?? '', { body: 'h15', chunked: true });
    assert.equal(written.headers.range, '0-2');
  });

  fact(16, 'the reply to a manifest carries its digest', async () => {
    const { send, path } = await openRepository(context, 'h16');
    const image = await makeImage(send, path, 'h16', 'docker');
    const done = await putManifest(send, path, 'latest', image);
    assert.equal(done.status, 201, done.text);
    assert.equal(done.headers['docker-content-digest'], image.digest);
  });

  fact(17, 'a pull by tag with one type per Accept line, and by digest', async () => {
    const { send, path } = await openRepository(context, 'h17');
    const image = await makeImage(send, path, 'h17', 'docker');
    await putManifest(send, path, 'latest', image);
    const accept = [
      mediaTypes.schema2,
      mediaTypes.list,
      mediaTypes.ociIndex,
      mediaTypes.ociManifest,
      mediaTypes.schema1Signed,
      mediaTypes.json,
    ];
    for (const reference of ['latest', image.digest]) {
      const pulled = await send('GET', `${path}/manifests/${reference}`, { headers: { accept } });
      assert.equal(pulled.status, 200, pulled.text);
      assert.equal(pulled.headers['content-type'], mediaTypes.schema2);
      assert.equal(digestOf(pulled.body), image.digest);
    }
  });

  fact(18, 'a layer resumes from any byte', async () => {
    const { send, path } = await openRepository(context, 'h18');
    for (const sizeBytes of [5000, 6_000_000]) {
      const content = bytesOf(sizeBytes, 18);
      const { digest } = await putBlob(send, path, content);
      const rest = await send('GET', `${path}/blobs/${digest}`, { headers: { range: 'bytes=1234-' } });
      assert.equal(rest.status, 206);
      assert.equal(rest.headers['content-range'], `bytes 1234-${sizeBytes - 1}/${sizeBytes}`);
      assert.equal(rest.headers['content-length'], String(sizeBytes - 1234));
      assert.ok(rest.body.equals(content.subarray(1234)));
    }
  });

  fact(19, 'nothing is encoded, whatever the client accepts', async () => {
    const { send, path } = await openRepository(context, 'h19');
    const content = Buffer.from('a'.repeat(10_000));
    const { digest } = await putBlob(send, path, content);
    const blob = await send('GET', `${path}/blobs/${digest}`, {
      headers: { 'accept-encoding': 'zstd, gzip, deflate' },
    });
    assert.equal(blob.headers['content-encoding'], undefined);
    assert.ok(blob.body.equals(content));
  });

  fact(20, 'refusals and missing things have the codes that the engine words', async () => {
    const { send, path, repository } = await openRepository(context, 'h20');
    const stranger = await openRawSession(context.server, bob, `repository:${repository}:pull`);
    const denied = await stranger('GET', `${path}/manifests/latest`);
    assert.deepEqual([denied.status, denied.code], [401, 'UNAUTHORIZED']);
    const missing = await send('GET', `${path}/manifests/latest`);
    assert.deepEqual([missing.status, missing.code], [404, 'MANIFEST_UNKNOWN']);
    await putManifest(send, path, 'old', await makeImage(send, path, 'h20'));
    assert.equal((await send('DELETE', `${path}/manifests/old`)).status, 202);
    const expired = await send('GET', `${path}/manifests/old`);
    assert.deepEqual([expired.status, expired.code], [404, 'TAG_EXPIRED']);
    assert.match(expired.text, /Tag old was deleted or has expired\. To pull, revive via time machine/);
  });

  fact(21, 'five layers at once, and a new session after a PATCH that broke off', async () => {
    const { send, path } = await openRepository(context, 'h21');
    const upload = async (seed: number): Promise<void> => {
      const content = bytesOf(200_000, 2100 + seed);
      const started = await send('POST', `${path}/blobs/uploads/`);
      if (seed === 0) await breakOff(started.headers.location ?? '', await tokenOf('h21'));
      const again = seed === 0 ? await send('POST', `${path}/blobs/uploads/`) : started;
      const written = await send('PATCH', again.headers.location ?? '', { body: content, chunked: true });
      const done = await send('PUT', withDigest(written.headers.location, digestOf(content)), { body: '' });
      assert.equal(done.status, 201, done.text);
    };
    await Promise.all([0, 1, 2, 3, 4].map(upload));
  });

  const tokenOf = async (name: string): Promise<string> => {
    const query = `service=${context.server.host}&scope=repository:alice/${name}:pull,push`;
    const basic = Buffer.from(`${alice.username}:${alice.password}`).toString('base64');
    const answer = await fetch(`${context.server.url}/v2/auth?${query}`, {
      headers: { authorization: `Basic ${basic}` },
    });
    return ((await answer.json()) as { token: string }).token;
  };
  /** Sends the begin of a body and cuts the connection. */
  const breakOff = (location: string, token: string): Promise<void> =>
    new Promise((resolve) => {
      const outgoing = request(location, { method: 'PATCH', headers: { authorization: `Bearer ${token}` } });
      outgoing.on('error', () => {});
      outgoing.on('close', () => resolve());
      outgoing.write(bytesOf(10_000, 1), () => outgoing.destroy());
    });

  fact(22, 'content trust is not there', async () => {
    const { send, path } = await openRepository(context, 'h22');
    assert.equal((await send('GET', `${path}/_trust/tuf/root.json`)).status, 404);
  });

  fact(24, 'a foreign layer is not uploaded: its URLs suffice', async () => {
    const { send, path } = await openRepository(context, 'h24');
    const image = await makeImage(send, path, 'h24', 'docker');
    const foreign = {
      mediaType: mediaTypes.dockerForeignLayer,
      digest: digestOf(Buffer.from('never sent')),
      size: 10,
      urls: ['https://example.com/layer'],
    };
    const config = await putBlob(
      send,
      path,
      JSON.stringify({
        architecture: 'amd64',
        os: 'windows',
        rootfs: { type: 'layers', diff_ids: [image.digest, image.digest] },
        history: [{ created_by: 'base' }, { created_by: 'app' }],
      }),
      mediaTypes.dockerConfig,
    );
    const manifest = describeJson(mediaTypes.schema2, {
      schemaVersion: 2,
      mediaType: mediaTypes.schema2,
      config,
      layers: [foreign, image.layer],
    });
    const done = await putManifest(send, path, 'windows', manifest);
    assert.equal(done.status, 201, done.text);
  });

  fact(25, 'a list: children by digest, their blobs mounted from a sibling, the list by tag', async () => {
    const sibling = await openRepository(context, 'h25-amd64');
    const image = await makeImage(sibling.send, sibling.path, 'h25', 'docker');
    await putManifest(sibling.send, sibling.path, 'latest', image);
    const scopes = ['repository:alice/h25:pull,push', 'repository:alice/h25-amd64:pull'];
    const send = await openRawSession(context.server, alice, ...scopes);
    for (const { digest } of [image.config, image.layer]) {
      const mounted = await send('POST', `/v2/alice/h25/blobs/uploads/?from=alice/h25-amd64&mount=${digest}`);
      assert.equal(mounted.status, 201, mounted.text);
    }
    assert.equal((await putManifest(send, '/v2/alice/h25', image.digest, image)).status, 201);
    const list = describeJson(mediaTypes.list, {
      schemaVersion: 2,
      mediaType: mediaTypes.list,
      manifests: [{ ...descriptorOf(image), platform: { architecture: 'amd64', os: 'linux' } }],
    });
    assert.equal((await putManifest(send, '/v2/alice/h25', 'latest', list)).status, 201);
    const pulled = await send('GET', '/v2/alice/h25/manifests/latest', {
      headers: { accept: mediaTypes.list },
    });
    assert.equal(digestOf(pulled.body), list.digest);
  });
}
