import assert from 'node:assert/strict';
import { mediaTypes } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { openRawSession, withDigest } from '#/testing/client-http.ts';
import { alice } from '#/testing/client-registry.ts';
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

/** H6: how ORAS and Helm speak. */
export function orasFacts(context: FactContext): void {
  fact(57, 'a blob: POST 202, PUT 201 with its length, on the same host', async () => {
    const { send, path } = await openRepository(context, 'h57');
    const content = bytesOf(40_000, 57);
    const started = await send('POST', `${path}/blobs/uploads/`, { body: '' });
    assert.equal(started.status, 202);
    const location = new URL(started.headers.location ?? '', context.server.url);
    assert.equal(location.origin, context.server.url);
    const done = await send('PUT', withDigest(started.headers.location, digestOf(content)), {
      body: content,
    });
    assert.equal(done.status, 201, done.text);
  });

  fact(58, 'a subject is confirmed, so that no fallback index is written', async () => {
    const { send, path } = await openRepository(context, 'h58');
    const image = await makeImage(send, path, 'h58');
    const empty = await putBlob(send, path, '{}', mediaTypes.ociEmpty);
    const fallback = image.digest.replace(':', '-');
    const artifact = describeJson(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType: 'application/vnd.example.sbom',
      config: empty,
      layers: [empty],
      subject: descriptorOf(image),
    });
    const pushed = await putManifest(send, path, artifact.digest, artifact);
    assert.deepEqual([pushed.status, pushed.headers['oci-subject']], [201, image.digest]);
    const missing = await send('DELETE', `${path}/manifests/${digestOf(Buffer.from('old index'))}`);
    assert.equal(missing.status, 404);
    assert.equal((await send('GET', `${path}/manifests/${fallback}`)).status, 404);
  });

  fact(59, 'deletes of blob and manifest are 202, of a tag too', async () => {
    const { send, path } = await openRepository(context, 'h59');
    const image = await makeImage(send, path, 'h59');
    for (const tag of ['one', 'two']) await putManifest(send, path, tag, image);
    assert.equal((await send('DELETE', `${path}/manifests/one`)).status, 202);
    assert.equal((await send('DELETE', `${path}/manifests/${image.digest}`)).status, 202);
    const { digest } = await putBlob(send, path, 'h59');
    assert.equal((await send('DELETE', `${path}/blobs/${digest}`)).status, 202);
    assert.equal((await send('HEAD', `${path}/blobs/${digest}`)).status, 404);
  });

  fact(60, 'by digest the type is that of the descriptor; blobs have a length and take ranges', async () => {
    const { send, path } = await openRepository(context, 'h60');
    const image = await makeImage(send, path, 'h60');
    await putManifest(send, path, image.digest, image);
    const manifest = await send('GET', `${path}/manifests/${image.digest}`, {
      headers: { accept: image.mediaType },
    });
    assert.equal(manifest.headers['content-type'], image.mediaType);
    const blob = await send('GET', `${path}/blobs/${image.layer.digest}`);
    assert.equal(blob.headers['content-length'], String(image.layer.size));
    assert.equal(blob.headers['accept-ranges'], 'bytes');
  });

  fact(61, 'artifacts: any types, and one blob as configuration and layer', async () => {
    const { send, path } = await openRepository(context, 'h61');
    const empty = await putBlob(send, path, '{}', mediaTypes.ociEmpty);
    const unknown = { ...empty, mediaType: 'application/vnd.unknown.config.v1+json' };
    const text = await putBlob(send, path, 'any', 'text/plain');
    for (const [tag, config, layers] of [
      ['empty', empty, [empty]],
      ['unknown', unknown, [text]],
    ] as const) {
      const manifest = describeJson(mediaTypes.ociManifest, {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        ...(tag === 'empty' ? { artifactType: 'application/vnd.example+type' } : {}),
        config,
        layers,
      });
      const pushed = await putManifest(send, path, tag, manifest);
      assert.equal(pushed.status, 201, pushed.text);
    }
  });

  fact(62, 'the scope of a delete is granted', async () => {
    const { send, path, repository } = await openRepository(context, 'h62');
    for (const actions of ['delete', 'pull,delete']) {
      const image = await makeImage(send, path, `h62-${actions}`);
      await putManifest(send, path, 'latest', image);
      const deleter = await openRawSession(context.server, alice, `repository:${repository}:${actions}`);
      const deleted = await deleter('DELETE', `${path}/manifests/${image.digest}`);
      assert.equal(deleted.status, 202, deleted.text);
    }
  });

  fact(63, 'a chart: its own types, a plus as underscore, versions listed over pages', async () => {
    const { send, path } = await openRepository(context, 'h63');
    const config = await putBlob(
      send,
      path,
      '{"apiVersion":"v2","name":"app","version":"1.0.0+5"}',
      'application/vnd.cncf.helm.config.v1+json',
    );
    const chart = await putBlob(send, path, 'chart', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip');
    const proof = await putBlob(send, path, 'proof', 'application/vnd.cncf.helm.chart.provenance.v1.prov');
    const manifest = describeJson(mediaTypes.ociManifest, {
      schemaVersion: 2,
      config,
      layers: [chart, proof],
      annotations: { 'org.opencontainers.image.version': '1.0.0+5' },
    });
    const tags = ['1.0.0_5', '1.1.0', '2.0.0'];
    for (const tag of tags) {
      const pushed = await putManifest(send, path, tag, manifest);
      assert.equal(pushed.status, 201, pushed.text);
    }
    const first = await send('GET', `${path}/tags/list?n=2`);
    const last = await send('GET', `${path}/tags/list?n=2&last=1.1.0`);
    const listed = [first, last].flatMap((page) => (JSON.parse(page.text) as { tags: string[] }).tags);
    assert.deepEqual(listed, tags);
  });
}
