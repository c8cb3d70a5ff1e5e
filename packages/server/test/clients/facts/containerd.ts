import assert from 'node:assert/strict';
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

const containerdAccept = [
  mediaTypes.schema2,
  mediaTypes.list,
  mediaTypes.ociManifest,
  mediaTypes.ociIndex,
  '*/*',
].join(', ');

/** H4: how containerd, nerdctl, the kubelet and BuildKit speak. */
export function containerdFacts(context: FactContext): void {
  fact(38, 'HEAD with a list that ends in */* tells type, length and digest of what is stored', async () => {
    const { send, path } = await openRepository(context, 'h38');
    for (const format of ['oci', 'docker'] as const) {
      const image = await makeImage(send, path, `h38-${format}`, format);
      await putManifest(send, path, format, image);
      for (const accept of [containerdAccept, '*/*']) {
        const head = await send('HEAD', `${path}/manifests/${format}`, { headers: { accept } });
        assert.equal(head.status, 200);
        assert.equal(head.headers['content-type'], image.mediaType);
        assert.equal(head.headers['content-length'], String(image.size));
        assert.equal(head.headers['docker-content-digest'], image.digest);
      }
    }
  });

  fact(39, 'what is not there is 404, also in a repository that the next push will create', async () => {
    const { send, path } = await openRepository(context, 'h39');
    const digest = digestOf(Buffer.from('h39'));
    const reader = await openRawSession(context.server, alice, 'repository:alice/h39-none:pull');
    const stranger = await openRawSession(context.server, bob, 'repository:alice/h39-none:pull');
    for (const end of [`manifests/latest`, `manifests/${digest}`, `blobs/${digest}`]) {
      assert.equal((await send('HEAD', `${path}/${end}`)).status, 404);
      assert.equal((await reader('HEAD', `/v2/alice/h39-none/${end}`)).status, 404);
      assert.equal((await stranger('HEAD', `/v2/alice/h39-none/${end}`)).status, 401);
    }
  });

  fact(40, 'an upload without PATCH; blobs and manifests are confirmed by their digest', async () => {
    const { send, path } = await openRepository(context, 'h40');
    const content = bytesOf(100_000, 40);
    const digest = digestOf(content);
    const started = await send('POST', `${path}/blobs/uploads/`);
    const done = await send('PUT', withDigest(started.headers.location, digest), {
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
    });
    assert.deepEqual([done.status, done.headers['docker-content-digest']], [201, digest]);
    const image = await makeImage(send, path, 'h40');
    const pushed = await putManifest(send, path, 'latest', image);
    assert.deepEqual([pushed.status, pushed.headers['docker-content-digest']], [201, image.digest]);
  });

  fact(41, 'a Location has a scheme or begins with a slash', async () => {
    const { send, path } = await openRepository(context, 'h41');
    const started = await send('POST', `${path}/blobs/uploads/`);
    const image = await makeImage(send, path, 'h41');
    for (const answer of [started, await putManifest(send, path, 'latest', image)]) {
      assert.match(answer.headers.location ?? '', /^(\/|http:\/\/)/);
    }
  });

  fact(42, 'a mount that is not possible gives a session that takes the bytes', async () => {
    const { send, path } = await openRepository(context, 'h42');
    const content = Buffer.from('h42');
    const digest = digestOf(content);
    const started = await send('POST', `${path}/blobs/uploads/?mount=${digest}&from=bob/private`);
    assert.equal(started.status, 202);
    const done = await send('PUT', withDigest(started.headers.location, digest), { body: content });
    assert.equal(done.status, 201, done.text);
  });

  fact(43, 'the query of a mirror is ignored everywhere', async () => {
    const { send, path } = await openRepository(context, 'h43');
    const ns = 'ns=docker.io';
    const image = await makeImage(send, path, 'h43');
    const pushed = await send('PUT', `${path}/manifests/latest?${ns}`, {
      headers: { 'content-type': image.mediaType },
      body: image.bytes,
    });
    assert.equal(pushed.status, 201, pushed.text);
    for (const [method, target, status] of [
      ['GET', `/v2/?${ns}`, 200],
      ['HEAD', `${path}/manifests/latest?${ns}`, 200],
      ['GET', `${path}/manifests/${image.digest}?${ns}`, 200],
      ['GET', `${path}/blobs/${image.layer.digest}?${ns}`, 200],
      ['HEAD', `${path}/blobs/${image.layer.digest}?${ns}`, 200],
      ['GET', `${path}/tags/list?${ns}`, 200],
      ['GET', `${path}/referrers/${image.digest}?${ns}`, 200],
      ['POST', `${path}/blobs/uploads/?${ns}`, 202],
    ] as const) {
      const headers = { accept: containerdAccept };
      assert.equal((await send(method, target, { headers })).status, status, `${method} ${target}`);
    }
  });

  fact(44, 'ranges fetched in parallel are exact', async () => {
    const { send, path } = await openRepository(context, 'h44');
    const content = bytesOf(6_000_001, 44);
    const { digest } = await putBlob(send, path, content);
    const chunkBytes = 1_500_000;
    const starts = [0, 1, 2, 3, 4].map((index) => index * chunkBytes);
    const parts = await Promise.all(
      starts.map(async (start) => {
        const end = Math.min(start + chunkBytes, content.length) - 1;
        const headers = { range: `bytes=${start}-${end}` };
        const part = await send('GET', `${path}/blobs/${digest}`, { headers });
        assert.equal(part.status, 206);
        assert.equal(part.headers['content-range'], `bytes ${start}-${end}/${content.length}`);
        return part.body;
      }),
    );
    assert.ok(Buffer.concat(parts).equals(content));
  });

  fact(45, 'an attestation beside an image in its index', async () => {
    const { send, path } = await openRepository(context, 'h45');
    const image = await makeImage(send, path, 'h45');
    const config = await putBlob(
      send,
      path,
      JSON.stringify({
        architecture: 'unknown',
        os: 'unknown',
        config: {},
        rootfs: { type: 'layers', diff_ids: [] },
      }),
      mediaTypes.ociConfig,
    );
    const statement = await putBlob(send, path, '{"_type":"statement"}', 'application/vnd.in-toto+json');
    const attestation = describeJson(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config,
      layers: [
        { ...statement, annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' } },
      ],
    });
    for (const child of [image, attestation]) {
      const pushed = await putManifest(send, path, child.digest, child);
      assert.equal(pushed.status, 201, pushed.text);
    }
    const index = describeJson(mediaTypes.ociIndex, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [
        { ...descriptorOf(image), platform: { architecture: 'amd64', os: 'linux' } },
        {
          ...descriptorOf(attestation),
          platform: { architecture: 'unknown', os: 'unknown' },
          annotations: {
            'vnd.docker.reference.type': 'attestation-manifest',
            'vnd.docker.reference.digest': image.digest,
          },
        },
      ],
    });
    const pushed = await putManifest(send, path, 'latest', index);
    assert.equal(pushed.status, 201, pushed.text);
  });

  fact(46, 'a build cache whose index names layers is taken, or refused as invalid', async () => {
    const { send, path } = await openRepository(context, 'h46');
    const layer = await putBlob(send, path, 'h46', mediaTypes.ociLayerGzip);
    const config = await putBlob(send, path, '{"layers":[]}', 'application/vnd.buildkit.cacheconfig.v0');
    const index = describeJson(mediaTypes.ociIndex, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [layer, config],
    });
    const pushed = await putManifest(send, path, 'cache', index);
    if (pushed.status !== 201) assert.deepEqual([pushed.status, pushed.code], [400, 'MANIFEST_INVALID']);
    const image = describeJson(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config,
      layers: [layer],
    });
    assert.equal((await putManifest(send, path, 'cache-image', image)).status, 201);
  });

  fact(47, 'children are readable by digest before their index is there', async () => {
    const { send, path } = await openRepository(context, 'h47');
    const image = await makeImage(send, path, 'h47');
    assert.equal((await putManifest(send, path, image.digest, image)).status, 201);
    const headers = { accept: containerdAccept };
    const early = await send('GET', `${path}/manifests/${image.digest}`, { headers });
    assert.ok(early.body.equals(image.bytes));
    const index = describeJson(mediaTypes.ociIndex, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [descriptorOf(image)],
    });
    assert.equal((await putManifest(send, path, 'latest', index)).status, 201);
    assert.equal((await send('HEAD', `${path}/manifests/${image.digest}`, { headers })).status, 200);
  });
}
