import assert from 'node:assert/strict';
import { mediaTypes } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { openRawSession, type RawAnswer, withDigest } from '#/testing/client-http.ts';
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
  type Send,
} from './fact.ts';

const retriedStatuses = [408, 429, 499, 500, 502, 503, 504, 522];
const retriedCodes = ['BLOB_UPLOAD_INVALID', 'TOOMANYREQUESTS', 'UNKNOWN', 'UNAVAILABLE'];
const noDigest = `sha256:${'0'.repeat(64)}`;

/** Digests on the page and on those behind its Link; every page must be filtered as the first was. */
async function followReferrers(send: Send, first: string): Promise<string[]> {
  const digests: string[] = [];
  let target: string | undefined = first;
  for (let pages = 0; target !== undefined && pages < 20; pages += 1) {
    const page: RawAnswer = await send('GET', target);
    assert.equal(page.status, 200, page.text);
    assert.equal(page.headers['content-type'], mediaTypes.ociIndex);
    const applied = first.includes('artifactType') ? 'artifactType' : undefined;
    assert.equal(page.headers['oci-filters-applied'], applied);
    const { manifests } = JSON.parse(page.text) as { manifests: { digest: string }[] };
    digests.push(...manifests.map(({ digest }) => digest));
    target = /^<([^>]+)>; ?rel="next"$/.exec(String(page.headers.link ?? ''))?.[1];
  }
  return digests;
}

/** H5: how go-containerregistry, ko and cosign speak. */
export function craneFacts(context: FactContext): void {
  fact(48, 'HEAD of a manifest has all three headers, by tag and by digest', async () => {
    const { send, path } = await openRepository(context, 'h48');
    const image = await makeImage(send, path, 'h48');
    await putManifest(send, path, 'latest', image);
    for (const reference of ['latest', image.digest]) {
      const { headers } = await send('HEAD', `${path}/manifests/${reference}`, {
        headers: { accept: [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.schema2].join(',') },
      });
      assert.equal(headers['content-type'], mediaTypes.ociManifest);
      assert.equal(headers['content-length'], String(image.size));
      assert.equal(headers['docker-content-digest'], image.digest);
    }
  });

  fact(49, 'an upload begins with an empty JSON request; a mount names its origin', async () => {
    const { send, path } = await openRepository(context, 'h49');
    const content = bytesOf(50_000, 49);
    const digest = digestOf(content);
    assert.equal((await send('HEAD', `${path}/blobs/${digest}`)).status, 404);
    const json = { 'content-type': 'application/json' };
    const started = await send('POST', `${path}/blobs/uploads/`, { headers: json, body: '' });
    assert.equal(started.status, 202, started.text);
    const written = await send('PATCH', started.headers.location ?? '', { body: content, chunked: true });
    assert.ok([201, 202, 204].includes(written.status));
    const done = await send('PUT', withDigest(written.headers.location, digest), { body: '' });
    assert.equal(done.status, 201, done.text);
    const scopes = ['repository:alice/h49-target:push,pull', 'repository:alice/h49:pull'];
    const both = await openRawSession(context.server, alice, ...scopes);
    const query = `from=alice%2Fh49&mount=${encodeURIComponent(digest)}&origin=${context.server.host}`;
    const mounted = await both('POST', `/v2/alice/h49-target/blobs/uploads/?${query}`, {
      headers: json,
      body: '',
    });
    assert.equal(mounted.status, 201, mounted.text);
  });

  fact(50, 'referrers are an index, of a digest that nobody pushed too', async () => {
    const { send, path } = await openRepository(context, 'h50');
    const answer = await send('GET', `${path}/referrers/${noDigest}`);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers['content-type'], mediaTypes.ociIndex);
    assert.deepEqual(JSON.parse(answer.text), {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [],
    });
  });

  fact(51, 'a page of a thousand is cut silently, and Link stays on the host', async () => {
    const { send, path } = await openRepository(context, 'h51');
    const image = await makeImage(send, path, 'h51');
    for (let index = 0; index < 3; index += 1) await putManifest(send, path, `t${index}`, image);
    for (const n of [1000, 1_000_000]) {
      const page = await send('GET', `${path}/tags/list?n=${n}`);
      assert.equal(page.status, 200);
      assert.ok((JSON.parse(page.text) as { tags: string[] }).tags.length <= 1000);
      assert.equal((await send('GET', `/v2/_catalog?n=${n}`)).status, 200);
    }
    for (const artifactType of ['application/vnd.example.a', 'application/vnd.example.b']) {
      for (const seed of ['one', 'two']) {
        const more = { artifactType, subject: descriptorOf(image), annotations: { seed } };
        const referrer = await makeImage(send, path, 'h51', 'oci', more);
        assert.equal((await putManifest(send, path, referrer.digest, referrer)).status, 201);
      }
    }
    const referrers = `${path}/referrers/${image.digest}`;
    for (const target of [`${path}/tags/list`, '/v2/_catalog', referrers]) {
      const link = String((await send('GET', `${target}?n=1`)).headers.link ?? '');
      const next = /^<([^>]+)>; ?rel="next"$/.exec(link)?.[1] ?? '';
      assert.equal(new URL(next, context.server.url).host, context.server.host, link);
    }
    const filter = `artifactType=${encodeURIComponent('application/vnd.example.b')}`;
    for (const [query, count] of [
      ['n=1', 4],
      [`n=1&${filter}`, 2],
      ['n=4', 4],
      ['', 4],
    ] as const) {
      const found = await followReferrers(send, `${referrers}?${query}`);
      assert.equal(new Set(found).size, count, query);
      assert.equal(found.length, count, query);
    }
    assert.equal(
      (await send('GET', `${referrers}?n=4`)).headers.link,
      undefined,
      'the last page has no Link',
    );
    assert.equal((await send('GET', `${referrers}?n=0`)).headers.link, undefined);
  });

  fact(52, 'uploads and blobs stay on the host', async () => {
    const { send, path } = await openRepository(context, 'h52');
    const started = await send('POST', `${path}/blobs/uploads/`);
    const { digest } = await putBlob(send, path, 'h52');
    assert.equal(new URL(started.headers.location ?? '', context.server.url).host, context.server.host);
    assert.equal((await send('GET', `${path}/blobs/${digest}`)).headers.location, undefined);
  });

  fact(53, 'a manifest is created with 201 and deleted with 202', async () => {
    const { send, path } = await openRepository(context, 'h53');
    const image = await makeImage(send, path, 'h53');
    assert.equal((await putManifest(send, path, 'latest', image)).status, 201);
    assert.equal((await send('DELETE', `${path}/manifests/${image.digest}`)).status, 202);
  });

  fact(54, 'permanent refusals have no code and no status that is tried again', async () => {
    const { send, path } = await openRepository(context, 'h54');
    const image = await makeImage(send, path, 'h54');
    const started = await send('POST', `${path}/blobs/uploads/`);
    const lost = digestOf(Buffer.from('lost'));
    const refusals = [
      await send('GET', `${path}/blobs/${noDigest}`),
      await send('GET', `${path}/manifests/none`),
      await send('PUT', withDigest(started.headers.location, noDigest), { body: 'other bytes' }),
      await send('PATCH', `${path}/blobs/uploads/00000000-0000-0000-0000-000000000000`, { body: 'x' }),
      await putManifest(send, path, noDigest, image),
      await putManifest(send, path, 'latest', { mediaType: mediaTypes.ociManifest, bytes: Buffer.from('{') }),
      await putManifest(
        send,
        path,
        'latest',
        describeJson(mediaTypes.ociManifest, {
          schemaVersion: 2,
          mediaType: mediaTypes.ociManifest,
          config: { ...image.config, digest: lost },
          layers: [],
        }),
      ),
    ];
    for (const { status, code, text } of refusals) {
      assert.ok(status >= 400 && status < 500, text);
      assert.ok(!retriedStatuses.includes(status), text);
      assert.ok(code !== '' && !retriedCodes.includes(code), text);
    }
  });

  fact(55, 'signatures under a tag, which grow by one layer each', async () => {
    const { send, path } = await openRepository(context, 'h55');
    const image = await makeImage(send, path, 'h55');
    await putManifest(send, path, 'latest', image);
    const tag = `${image.digest.replace(':', '-')}.sig`;
    assert.equal((await send('GET', `${path}/manifests/${tag}`)).status, 404);
    const config = await putBlob(
      send,
      path,
      '{"architecture":"","os":"","config":{},"rootfs":{"type":"layers","diff_ids":[]}}',
      mediaTypes.ociConfig,
    );
    const layers: unknown[] = [];
    for (const [index, type] of [
      'application/vnd.dev.cosign.simplesigning.v1+json',
      'application/vnd.dsse.envelope.v1+json',
    ].entries()) {
      const signature = await putBlob(send, path, `{"signature":${index}}`, type);
      layers.push({ ...signature, annotations: { 'dev.cosignproject.cosign/signature': 'c2lnbmF0dXJl' } });
      const manifest = describeJson(mediaTypes.ociManifest, {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config,
        layers,
      });
      const pushed = await putManifest(send, path, tag, manifest);
      assert.equal(pushed.status, 201, pushed.text);
      const read = await send('GET', `${path}/manifests/${tag}`, {
        headers: { accept: mediaTypes.ociManifest },
      });
      assert.equal(digestOf(read.body), manifest.digest);
    }
  });

  fact(56, 'a bundle pushed by its digest only stays and is found from its subject', async () => {
    const { send, path } = await openRepository(context, 'h56');
    const image = await makeImage(send, path, 'h56');
    await putManifest(send, path, 'latest', image);
    const artifactType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
    const empty = await putBlob(send, path, '{}', mediaTypes.ociEmpty);
    const bundle = await putBlob(send, path, '{"mediaType":"bundle"}', artifactType);
    const manifest = describeJson(mediaTypes.ociManifest, {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      artifactType,
      config: empty,
      layers: [bundle],
      subject: descriptorOf(image),
    });
    const pushed = await putManifest(send, path, manifest.digest, manifest);
    assert.equal(pushed.status, 201, pushed.text);
    const referrers = await send(
      'GET',
      `${path}/referrers/${image.digest}?artifactType=${encodeURIComponent(artifactType)}`,
    );
    const { manifests } = JSON.parse(referrers.text) as { manifests: { digest: string }[] };
    assert.deepEqual(
      manifests.map(({ digest }) => digest),
      [manifest.digest],
    );
    assert.equal(referrers.headers['oci-filters-applied'], 'artifactType');
    assert.equal(
      (await send('HEAD', `${path}/manifests/${manifest.digest}`, { headers: { accept: '*/*' } })).status,
      200,
    );
  });
}
