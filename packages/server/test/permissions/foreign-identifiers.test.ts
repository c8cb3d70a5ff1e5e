import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { digestOf } from '#/testing/bytes.ts';
import type { HttpAnswer } from '#/testing/push-http.ts';
import { artifactOf, openWorld } from './open-world.ts';

/*
 * Ids of one tenant, named by another through a repository where that other may do everything: the answer is that of an id that never
 * existed, and what the id names is left as it was.
 */

const cleanups: (() => Promise<void>)[] = [];
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});
const world = await openWorld({ after: (cleanup) => void cleanups.push(cleanup as () => Promise<void>) });
const { privateRepository, foreignRepository, content } = world;
const victim = `${privateRepository.namespace}/${privateRepository.name}`;
const own = `${foreignRepository.namespace}/${foreignRepository.name}`;

/** As the other tenant, through its own repository. */
async function asStranger(
  method: string,
  path: string,
  more: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer } = {},
): Promise<HttpAnswer> {
  const token = await world.tokenOf('other tenant', foreignRepository);
  return world.call(method, `/v2/${own}/${path}`, {
    ...more,
    headers: { authorization: `Bearer ${token}`, ...more.headers },
  });
}

async function asOwner(method: string, path: string, body?: Buffer): Promise<HttpAnswer> {
  const token = await world.tokenOf('writer', privateRepository);
  return world.call(method, `/v2/${victim}/${path}`, {
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  });
}

/** Status, headers and body without what differs by time and by the id that was asked for. */
function comparable(answer: HttpAnswer, id: string): unknown {
  const { date: _date, 'x-request-id': _requestId, ...headers } = answer.headers;
  return JSON.parse(
    JSON.stringify({ status: answer.status, headers, body: answer.body.toString() }).replaceAll(id, 'ID'),
  );
}

/** Requests the foreign id and one that never existed, and expects the same refusal. */
async function expectUnknown(
  status: number,
  foreignId: string,
  unknownId: string,
  request: (id: string) => Promise<HttpAnswer>,
): Promise<void> {
  const foreign = await request(foreignId);
  assert.equal(foreign.status, status);
  assert.deepEqual(
    comparable(foreign, foreignId),
    comparable(await request(unknownId), unknownId),
    'as if it did not exist',
  );
}

test('the upload of another repository is unknown to each method, and goes on unharmed', async () => {
  const uuid = await content.upload(privateRepository);
  const body = Buffer.from(`first half ${randomUUID()}`);
  assert.equal((await asOwner('PATCH', `blobs/uploads/${uuid}`, body)).status, 202);
  const planted = Buffer.from('planted');
  for (const request of [
    (id: string) => asStranger('GET', `blobs/uploads/${id}`),
    (id: string) => asStranger('PATCH', `blobs/uploads/${id}`, { body: planted }),
    (id: string) =>
      asStranger('PUT', `blobs/uploads/${id}?digest=${digestOf(Buffer.concat([body, planted]))}`, {
        body: planted,
      }),
    (id: string) => asStranger('PUT', `blobs/uploads/${id}?digest=${digestOf(body)}`),
    (id: string) => asStranger('DELETE', `blobs/uploads/${id}`),
  ]) {
    await expectUnknown(404, uuid, randomUUID(), request);
  }
  assert.equal((await asOwner('PUT', `blobs/uploads/${uuid}?digest=${digestOf(body)}`)).status, 201);
  assert.equal((await asStranger('HEAD', `blobs/${digestOf(body)}`)).status, 404);
});

test('an upload of the own account in another own repository cannot be ended there either', async () => {
  const uuid = await content.upload(world.publicRepository);
  const body = Buffer.from('x');
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
    const path = `blobs/uploads/${uuid}${method === 'PUT' ? `?digest=${digestOf(body)}` : ''}`;
    assert.equal((await asOwner(method, path, method === 'GET' ? undefined : body)).status, 404, method);
  }
});

test('the blob of another repository is unknown to each method, and stays', async () => {
  const bytes = Buffer.from(`secret ${randomUUID()}`);
  const digest = await content.blob(privateRepository, bytes);
  const unknown = digestOf(Buffer.from(randomUUID()));
  for (const method of ['HEAD', 'GET', 'DELETE']) {
    await expectUnknown(404, digest, unknown, (id) => asStranger(method, `blobs/${id}`));
  }
  // Neither a cached copy nor a conditional request changes that.
  assert.deepEqual((await asOwner('GET', `blobs/${digest}`)).body, bytes);
  await expectUnknown(404, digest, unknown, (id) => asStranger('GET', `blobs/${id}`));
  await expectUnknown(404, digest, unknown, (id) =>
    asStranger('GET', `blobs/${id}`, { headers: { 'if-none-match': `"${id}"` } }),
  );
  await expectUnknown(404, digest, unknown, (id) =>
    asStranger('GET', `blobs/${id}`, { headers: { range: 'bytes=0-3' } }),
  );
  assert.equal((await asOwner('HEAD', `blobs/${digest}`)).status, 200);
});

test('a mount of a blob that the caller may not read starts an ordinary upload', async () => {
  const digest = await content.blob(privateRepository, Buffer.from(`secret ${randomUUID()}`));
  for (const query of [
    `mount=${digest}&from=${encodeURIComponent(victim)}`,
    `mount=${digest}&from=acme/missing`,
    `mount=${digest}`,
    `mount=${digest}&from=`,
    `mount=${digest}&from=..%2F..%2Fetc`,
  ]) {
    const answer = await asStranger('POST', `blobs/uploads/?${query}`);
    assert.equal(answer.status, 202, query);
    assert.ok(answer.headers.location?.includes(`/v2/${own}/blobs/uploads/`), query);
    assert.equal(answer.headers['docker-content-digest'], undefined, query);
    assert.equal((await asStranger('HEAD', `blobs/${digest}`)).status, 404, query);
  }
});

test('the manifest of another repository is unknown to each method, and stays', async () => {
  const tag = `t-${randomUUID()}`;
  const digest = await content.manifest(privateRepository, tag, tag);
  const unknown = digestOf(Buffer.from(randomUUID()));
  for (const method of ['HEAD', 'GET', 'DELETE']) {
    await expectUnknown(404, digest, unknown, (id) => asStranger(method, `manifests/${id}`));
    await expectUnknown(404, tag, `t-${randomUUID()}`, (id) => asStranger(method, `manifests/${id}`));
  }
  assert.equal((await asOwner('GET', `manifests/${digest}`)).status, 200);
  await expectUnknown(404, digest, unknown, (id) => asStranger('GET', `manifests/${id}`));
  assert.equal((await asOwner('GET', `manifests/${tag}`)).status, 200);
});

test('a manifest cannot name blobs, children or bytes of another repository', async () => {
  const secret = Buffer.from(`secret ${randomUUID()}`);
  const blob = await content.blob(privateRepository, secret);
  const tag = `t-${randomUUID()}`;
  const child = await content.manifest(privateRepository, tag, tag);
  const unknown = digestOf(Buffer.from(randomUUID()));
  const put = (mediaType: string, body: Buffer) =>
    asStranger('PUT', 'manifests/stolen', { headers: { 'content-type': mediaType }, body });

  const indexOf = (digest: string) =>
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociIndex,
        manifests: [{ mediaType: mediaTypes.ociManifest, digest, size: 400 }],
      }),
    );
  const image = (digest: string) =>
    put(mediaTypes.ociManifest, artifactOf(digest as typeof blob, secret.length, 'stolen'));
  await expectUnknown(400, blob, unknown, image);
  await expectUnknown(400, child, unknown, (digest) => put(mediaTypes.ociIndex, indexOf(digest)));
  assert.equal((await asStranger('GET', 'manifests/stolen')).status, 404);
  assert.equal((await asStranger('HEAD', `blobs/${blob}`)).status, 404);
});

test('referrers and tags of another repository do not show', async () => {
  const tag = `t-${randomUUID()}`;
  const subject = await content.manifest(privateRepository, tag, tag);
  const artifact = Buffer.from(
    JSON.stringify({
      ...JSON.parse(artifactOf(digestOf(Buffer.from('{}')), 2, 'referrer').toString()),
      subject: { mediaType: mediaTypes.ociManifest, digest: subject, size: 400 },
    }),
  );
  const token = await world.tokenOf('writer', privateRepository);
  const pushed = await world.call('PUT', `/v2/${victim}/manifests/${digestOf(artifact)}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': mediaTypes.ociManifest },
    body: artifact,
  });
  assert.equal(pushed.status, 201);
  const referrersOf = (body: Buffer) => (JSON.parse(body.toString()) as { manifests: unknown[] }).manifests;
  assert.equal(referrersOf((await asOwner('GET', `referrers/${subject}`)).body).length, 1);
  assert.deepEqual(referrersOf((await asStranger('GET', `referrers/${subject}`)).body), []);
  const { body } = await asStranger('GET', `tags/list?last=`);
  assert.deepEqual(JSON.parse(body.toString()), { name: own, tags: [] });
});

test('a token of one repository is nothing on another, existing or not', async () => {
  const token = await world.tokenOf('other tenant', foreignRepository);
  const answers = await Promise.all(
    [victim, 'acme/missing', 'missing/missing'].map(async (name) => {
      const answer = await world.call('GET', `/v2/${name}/tags/list`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return comparable(answer, name);
    }),
  );
  assert.equal((answers[0] as { status: number }).status, 401);
  assert.deepEqual(answers[0], answers[1]);
  assert.deepEqual(answers[0], answers[2]);
});
