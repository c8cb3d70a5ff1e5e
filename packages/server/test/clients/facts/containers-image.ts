import assert from 'node:assert/strict';
import { mediaTypes } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { type RawAnswer, sendRaw, withDigest } from '#/testing/client-http.ts';
import { type FactContext, fact, makeImage, openRepository, putBlob, putManifest } from './fact.ts';

/** H3: how podman, skopeo, buildah and CRI-O speak. */
export function containersImageFacts(context: FactContext): void {
  fact(26, 'HEAD of a blob is 200 with its length, 404, or 401', async () => {
    const { send, path } = await openRepository(context, 'h26');
    const { digest, size } = await putBlob(send, path, 'h26');
    const there = await send('HEAD', `${path}/blobs/${digest}`);
    assert.deepEqual([there.status, there.headers['content-length']], [200, String(size)]);
    assert.equal((await send('HEAD', `${path}/blobs/${digestOf(Buffer.from('none'))}`)).status, 404);
    const nobody = await sendRaw(context.server, { method: 'HEAD', target: `${path}/blobs/${digest}` });
    assert.equal(nobody.status, 401);
  });

  fact(27, 'the session of a refused mount is cancelled, a new one is used', async () => {
    const { send, path } = await openRepository(context, 'h27');
    const digest = digestOf(Buffer.from('h27'));
    const refused = await send('POST', `${path}/blobs/uploads/?mount=${digest}&from=bob/h27`);
    assert.equal(refused.status, 202);
    assert.equal((await send('DELETE', refused.headers.location ?? '')).status, 204);
    assert.equal((await send('GET', refused.headers.location ?? '')).status, 404);
    await putBlob(send, path, 'h27');
  });

  fact(28, 'an upload: 202, PATCH with a length, Location each time, 201', async () => {
    const { send, path } = await openRepository(context, 'h28');
    const content = bytesOf(70_000, 28);
    const started = await send('POST', `${path}/blobs/uploads/`);
    assert.equal(started.status, 202);
    const written = await send('PATCH', started.headers.location ?? '', {
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
    });
    assert.equal(written.status, 202);
    assert.ok(written.headers.location);
    const done = await send('PUT', withDigest(written.headers.location, digestOf(content)), { body: '' });
    assert.equal(done.status, 201);
  });

  fact(29, 'a refused type has the code that makes the client convert', async () => {
    const { send, path } = await openRepository(context, 'h29');
    const bytes = Buffer.from('{"schemaVersion":9}');
    for (const mediaType of ['application/vnd.example.manifest.v9+json', mediaTypes.ociManifest]) {
      const refused = await putManifest(send, path, 'latest', { mediaType, bytes });
      assert.ok(refused.status === 415 || refused.status === 400, refused.text);
      assert.equal(refused.code, 'MANIFEST_INVALID');
    }
  });

  fact(30, 'a deleted tag of a signature is a missing manifest like any other', async () => {
    const { send, path } = await openRepository(context, 'h30');
    const missing = await send('GET', `${path}/manifests/none`);
    assert.deepEqual([missing.status, missing.code], [404, 'MANIFEST_UNKNOWN']);
    const image = await makeImage(send, path, 'h30');
    const tag = `${image.digest.replace(':', '-')}.sig`;
    await putManifest(send, path, tag, image);
    assert.equal((await send('DELETE', `${path}/manifests/${tag}`)).status, 202);
    const deleted = await send('GET', `${path}/manifests/${tag}`);
    assert.deepEqual([deleted.status, deleted.code], [404, 'MANIFEST_UNKNOWN']);
    assert.match(deleted.text, /time machine/);
  });

  fact(31, 'a token is exactly 200', async () => {
    const answer = await sendRaw(context.server, {
      method: 'GET',
      target: `/v2/auth?scope=${encodeURIComponent('repository:alice/public:pull')}&service=${context.server.host}`,
    });
    assert.equal(answer.status, 200);
  });

  fact(32, 'a list of tags is followed by path and query of its Link', async () => {
    const { send, path } = await openRepository(context, 'h32');
    const image = await makeImage(send, path, 'h32');
    const tags = ['a', 'b', 'c', 'd', 'e'];
    for (const tag of tags) await putManifest(send, path, tag, image);
    const found: string[] = [];
    let next: string | undefined = `${path}/tags/list?n=2`;
    let pages = 0;
    while (next !== undefined) {
      const page: RawAnswer = await send('GET', next);
      found.push(...(JSON.parse(page.text) as { tags: string[] }).tags);
      const link: string | undefined = /^<([^>]+)>; ?rel="next"$/.exec(String(page.headers.link ?? ''))?.[1];
      const url: URL | undefined = link === undefined ? undefined : new URL(link, context.server.url);
      next = url && `${url.pathname}${url.search}`;
      pages += 1;
    }
    assert.deepEqual(found, tags);
    assert.equal(pages, 3);
  });

  fact(33, 'a delete: GET by tag, DELETE by the digest of the answer, 202', async () => {
    const { send, path } = await openRepository(context, 'h33');
    await putManifest(send, path, 'latest', await makeImage(send, path, 'h33'));
    const got = await send('GET', `${path}/manifests/latest`, {
      headers: { accept: mediaTypes.ociManifest },
    });
    const digest = String(got.headers['docker-content-digest']);
    assert.equal((await send('DELETE', `${path}/manifests/${digest}`)).status, 202);
    assert.equal((await send('GET', `${path}/manifests/latest`)).status, 404);
  });

  fact(34, 'nothing switches on the other signature protocol', async () => {
    const { send } = await openRepository(context, 'h34');
    for (const answer of [
      await send('GET', '/v2/'),
      await sendRaw(context.server, { method: 'GET', target: '/v2/' }),
    ]) {
      assert.equal(answer.headers['x-registry-supports-signatures'], undefined);
    }
  });

  fact(35, 'several ranges are several parts', async () => {
    const { send, path } = await openRepository(context, 'h35');
    for (const sizeBytes of [10_000, 6_000_000]) {
      const content = bytesOf(sizeBytes, 35);
      const { digest } = await putBlob(send, path, content);
      const answer = await send('GET', `${path}/blobs/${digest}`, {
        headers: { range: 'bytes=0-99,5000-5004' },
      });
      assert.equal(answer.status, 206);
      const type = answer.headers['content-type'] ?? '';
      const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(type)?.[1] ?? '';
      assert.equal(answer.headers['content-length'], String(answer.body.length));
      const parts = answer.body.toString('latin1').split(`--${boundary}`);
      assert.equal(parts.length, 4);
      for (const [part, start, end] of [
        [parts[1] ?? '', 0, 99],
        [parts[2] ?? '', 5000, 5004],
      ] as const) {
        assert.match(part, new RegExp(`Content-Range: bytes ${start}-${end}/${sizeBytes}\\r\\n`, 'i'));
        assert.equal(
          part.slice(part.indexOf('\r\n\r\n') + 4, -2),
          content.subarray(start, end + 1).toString('latin1'),
        );
      }
    }
  });

  fact(37, 'the version header of the client changes nothing', async () => {
    const { send, path } = await openRepository(context, 'h37');
    const headers = { 'docker-distribution-api-version': 'registry/2.0' };
    assert.equal((await send('GET', '/v2/', { headers })).status, 200);
    assert.equal((await send('GET', `${path}/tags/list`, { headers })).status, 200);
  });
}
