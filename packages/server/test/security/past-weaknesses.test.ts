import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { mediaTypes, parseDigest } from '@wharf/oci';
import { deepestIndex } from '#/domain/manifests/index.ts';
import { signSchema1 } from '#/domain/manifests/schema1/index.ts';
import { pageSizeOf } from '#/registry/paging.ts';
import { digestOf } from '#/testing/bytes.ts';
import { callHttp, type HttpAnswer } from '#/testing/push-http.ts';
import {
  createRepository,
  fetchRegistryToken,
  initializeServer,
  startServer,
} from '#/testing/server-process.ts';

/*
 * The classes of weaknesses that registries were found to have, one test each. Those of ids of other tenants (uploads by uuid, blobs and
 * manifests of another repository, mounts) are in test/permissions/foreign-identifiers.test.ts, realms and redirects in challenges.test.ts,
 * bombs of one manifest in hostile-bodies.test.ts.
 */

const server = await startServer();
after(() => server.dispose());
await initializeServer(server);
const credentials = { username: 'admin', password: 'password1' };
const own = 'admin/app';
const other = 'admin/other';
await createRepository(server, 'admin', 'app');
await createRepository(server, 'admin', 'other');
const token = await fetchRegistryToken(
  server,
  credentials,
  `repository:${own}:pull,push`,
  `repository:${other}:pull,push`,
);

async function call(
  method: string,
  path: string,
  more: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer;
    readonly bearer?: string;
  } = {},
): Promise<HttpAnswer> {
  const { bearer = token, headers, body } = more;
  return callHttp(`${server.url}/v2/${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

async function pushBlob(repository: string, content: string): Promise<{ digest: string; size: number }> {
  const body = Buffer.from(content);
  const digest = digestOf(body);
  const { status } = await call('POST', `${repository}/blobs/uploads/?digest=${digest}`, { body });
  assert.equal(status, 201);
  return { digest, size: body.length };
}

async function imageOf(repository: string, content: string, more: object = {}): Promise<Buffer> {
  const layer = { mediaType: mediaTypes.ociLayer, ...(await pushBlob(repository, content)) };
  const config = { mediaType: mediaTypes.ociConfig, ...(await pushBlob(repository, '{"os":"linux"}')) };
  return Buffer.from(
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer], ...more }),
  );
}

const putManifest = (path: string, body: Buffer, type: string = mediaTypes.ociManifest) =>
  call('PUT', path, { headers: { 'content-type': type }, body });

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

test('a token is checked with our own keys only, whatever its header offers (jwk, x5c, jku, none, HS256)', async () => {
  const [head, body, signature] = token.split('.');
  const header = decode(head);
  const admin = encode({
    ...decode(body),
    access: [{ type: 'repository', name: own, actions: ['push', 'pull', '*'] }],
  });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' });
  const signed = (more: object): string => {
    const text = `${encode({ ...header, ...more })}.${admin}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  };
  const unsigned = `${encode({ ...header, alg: 'none' })}.${admin}`;
  const hmac = `${encode({ ...header, alg: 'HS256' })}.${admin}`;
  const secret = publicKey.export({ format: 'pem', type: 'spki' });
  const forged: Readonly<Record<string, string>> = {
    'our key id': signed({}),
    'its own key': signed({ jwk }),
    'its own key and key id': signed({ jwk: { ...jwk, kid: 'own' }, kid: 'own' }),
    'a certificate': signed({ x5c: ['MIIB'] }),
    'a URL of keys': signed({ jku: `${server.url}/keys`, x5u: `${server.url}/keys` }),
    'a key id that is a path': signed({ kid: '../../keys/quay.pem' }),
    'a key id of a prototype': signed({ kid: '__proto__' }),
    'a key id that is no text': signed({ kid: { $ne: null } }),
    'no signature': `${unsigned}.`,
    'no algorithm': `${unsigned}.${signature}`,
    'an HMAC': `${hmac}.${createHmac('sha256', secret).update(hmac).digest('base64url')}`,
    'another algorithm of RSA': signed({ alg: 'RS512' }),
    'a critical extension': signed({ crit: ['b64'], b64: false }),
    'another body': `${head}.${admin}.${signature}`,
    'a longer signature': `${token}AAAA`,
  };
  for (const [what, bearer] of Object.entries(forged)) {
    for (const path of ['', `${own}/tags/list`]) {
      const answer = await call('GET', path, { bearer });
      assert.equal(answer.status, 401, `${what} on /v2/${path}`);
    }
  }
  assert.equal((await call('GET', `${own}/tags/list`)).status, 200);
});

test('a registry token is no credential of the token service or the API', async () => {
  for (const authorization of [
    `Bearer ${token}`,
    basic('$token', token),
    basic('$oauthtoken', token),
    basic('admin', token),
  ]) {
    const answer = await callHttp(`${server.url}/v2/auth?scope=repository:${own}:push`, {
      method: 'GET',
      headers: { authorization },
    });
    assert.equal(answer.status, 401, authorization.slice(0, 12));
  }
});

test('a page has at most a thousand entries, whatever n asks for', () => {
  for (const n of ['1001', '999999999', '9'.repeat(15)]) assert.equal(pageSizeOf(n, 50), 1000, n);
  for (const n of ['1e30', '9'.repeat(400), 'NaN', '', '0x7fffffff']) assert.equal(pageSizeOf(n, 50), 50, n);
  assert.equal(pageSizeOf('-1', 50), 0);
});

test('indexes in indexes end somewhere, and a deep tree is answered quickly', async () => {
  const image = await imageOf(own, 'leaf of a tree');
  assert.equal((await putManifest(`${own}/manifests/${digestOf(image)}`, image)).status, 201);
  let child = { mediaType: mediaTypes.ociManifest as string, digest: digestOf(image), size: image.length };
  const startedAt = performance.now();
  let depth = 0;
  for (; depth < 60; depth += 1) {
    const index = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociIndex,
        // Twice the same child: a walk without memory would take 2^depth steps.
        manifests: [child, { ...child, platform: { os: 'linux', architecture: 'amd64' } }],
      }),
    );
    const { status } = await putManifest(`${own}/manifests/deep`, index, mediaTypes.ociIndex);
    if (status === 400) break;
    assert.equal(status, 201);
    child = { mediaType: mediaTypes.ociIndex, digest: digestOf(index), size: index.length };
  }
  for (const accept of [
    mediaTypes.ociIndex,
    mediaTypes.ociManifest,
    mediaTypes.schema2,
    mediaTypes.schema1Signed,
  ]) {
    const { status } = await call('GET', `${own}/manifests/deep`, { headers: { accept } });
    assert.ok(status === 200 || status === 404, `${accept}: ${status}`);
  }
  assert.equal((await call('DELETE', `${own}/manifests/deep`)).status, 202);
  assert.equal(depth, deepestIndex);
  assert.ok(performance.now() - startedAt < 10_000, `depth ${depth} took too long`);
});

test('one text cannot be an image to one reader and an index to another', async () => {
  const image = JSON.parse((await imageOf(own, 'ambiguous')).toString());
  const child = { mediaType: mediaTypes.ociManifest, digest: digestOf(Buffer.from('x')), size: 1 };
  const both = Buffer.from(JSON.stringify({ ...image, mediaType: undefined, manifests: [child] }));
  for (const type of [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.schema2, mediaTypes.list]) {
    assert.equal((await putManifest(`${own}/manifests/both`, both, type)).status, 400, type);
    const named = Buffer.from(JSON.stringify(image));
    if (type === mediaTypes.ociManifest) continue;
    assert.equal((await putManifest(`${own}/manifests/both`, named, type)).status, 400, type);
  }
});

test('what a digest names never changes', async () => {
  const image = await imageOf(own, 'immutable');
  const digest = digestOf(image);
  assert.equal((await putManifest(`${own}/manifests/${digest}`, image)).status, 201);
  const changed = Buffer.from(`${image} `);
  assert.equal((await putManifest(`${own}/manifests/${digest}`, changed)).status, 400);
  const blob = digestOf(Buffer.from('immutable'));
  for (const body of ['IMMUTABLE', '', 'immutable and more']) {
    const path = `${own}/blobs/uploads/?digest=${blob}`;
    assert.equal((await call('POST', path, { body: Buffer.from(body) })).status, 400, body);
  }
  assert.deepEqual((await call('GET', `${own}/manifests/${digest}`)).body, image);
  assert.equal((await call('GET', `${own}/blobs/${blob}`)).body.toString(), 'immutable');
});

test('a digest of one algorithm is not taken for another', async () => {
  const body = Buffer.from('two algorithms');
  const hex = createHash('sha512').update(body).digest('hex');
  for (const digest of [`sha256:${hex}`, `sha256:${hex.slice(0, 64)}`, `sha512:${digestOf(body).slice(7)}`]) {
    const { status } = await call('POST', `${own}/blobs/uploads/?digest=${digest}`, { body });
    assert.equal(status, 400, digest);
  }
});

test('what was deleted is not served from a cache, and only there', async () => {
  const content = 'soon deleted';
  const image = await imageOf(own, content);
  await imageOf(other, content);
  const blob = digestOf(Buffer.from(content));
  const digest = digestOf(image);
  for (const repository of [own, other]) {
    assert.equal((await putManifest(`${repository}/manifests/deleted`, image)).status, 201);
    assert.equal((await call('GET', `${repository}/blobs/${blob}`)).status, 200);
    assert.equal((await call('GET', `${repository}/manifests/${digest}`)).status, 200);
  }
  assert.equal((await call('DELETE', `${own}/manifests/${digest}`)).status, 202);
  assert.equal((await call('DELETE', `${own}/blobs/${blob}`)).status, 202);
  for (const [method, headers] of [
    ['GET', {}],
    ['HEAD', {}],
    ['GET', { 'if-none-match': `"${blob}", "${digest}"` }],
    ['GET', { range: 'bytes=0-3' }],
  ] as const) {
    for (const path of [`blobs/${blob}`, `manifests/${digest}`, 'manifests/deleted']) {
      assert.equal((await call(method, `${own}/${path}`, { headers })).status, 404, `${method} ${path}`);
      assert.notEqual((await call(method, `${other}/${path}`, { headers })).status, 404, `${method} ${path}`);
    }
  }
});

test('a signed manifest and a blob that share a digest are not mixed up, in whatever order they are read', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const first of ['manifests', 'blobs'] as const) {
    const layer = await pushBlob(own, `layer of schema 1, ${first} first`);
    const content = {
      name: own,
      tag: `signed-${first}`,
      architecture: 'amd64',
      layers: [{ digest: parseDigest(layer.digest), v1Compatibility: `{"id":"${'a'.repeat(64)}"}` }],
    };
    // The digest of the manifest is that of what was signed, not of its own bytes: anybody can push a blob with it.
    const { bytes, payload } = signSchema1(content, privateKey, 0);
    const digest = digestOf(payload);
    const pushed = await putManifest(`${own}/manifests/${content.tag}`, bytes, mediaTypes.schema1Signed);
    assert.equal(pushed.headers['docker-content-digest'], digest);
    await pushBlob(other, payload.toString());
    const read = {
      manifests: async () => assert.deepEqual((await call('GET', `${own}/manifests/${digest}`)).body, bytes),
      blobs: async () => assert.deepEqual((await call('GET', `${other}/blobs/${digest}`)).body, payload),
    };
    await read[first]();
    await read.blobs();
    await read.manifests();
  }
});

test('answers about private content are for no shared cache', async () => {
  const image = await imageOf(own, 'private');
  await putManifest(`${own}/manifests/private`, image);
  for (const path of [`blobs/${digestOf(Buffer.from('private'))}`, 'manifests/private']) {
    for (const method of ['GET', 'HEAD']) {
      const { headers } = await call(method, `${own}/${path}`);
      assert.match(headers['cache-control'] ?? '', /private|no-store/, `${method} ${path}`);
    }
  }
  const { headers } = await callHttp(`${server.url}/v2/auth?scope=repository:${own}:pull`, { method: 'GET' });
  assert.match(headers['cache-control'] ?? '', /no-store/);
});

test('ranges beyond all measure give the whole, a part or 416, never more than was asked', async () => {
  const { digest, size } = await pushBlob(own, '0123456789'.repeat(100));
  const ranges: Readonly<Record<string, number>> = {
    'bytes=0-9': 206,
    'bytes=-10': 206,
    'bytes=0-99999999999999999999': 206,
    'bytes=-99999999999999999999': 206,
    'bytes=1000-': 416,
    'bytes=99999999999999999999-': 416,
    'bytes=5-1': 416,
    'bytes=-0': 416,
    'bytes=--1': 200,
    'bytes=0x0-1': 200,
    'bytes=a-b': 200,
    'lines=0-1': 200,
    [`bytes=${'0-0,'.repeat(1000)}`]: 200,
    [`bytes=${'0-,'.repeat(10)}`]: 200,
    [`bytes=${Array.from({ length: 16 }, () => '0-999').join()}`]: 200,
    'bytes=0-0,-1': 206,
  };
  for (const [range, expected] of Object.entries(ranges)) {
    const { status, body } = await call('GET', `${own}/blobs/${digest}`, { headers: { range } });
    assert.equal(status, expected, range.slice(0, 60));
    if (status === 200) assert.equal(body.length, size);
    else assert.ok(body.length <= size + 1000, range.slice(0, 60));
  }
});

test('URLs in a manifest are never fetched', async (t) => {
  let connections = 0;
  const listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  t.after(() => listener.close());
  await once(listener, 'listening');
  const address = listener.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/layer`;
  const foreign = {
    mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
    digest: digestOf(Buffer.from('elsewhere')),
    size: 9,
    urls: [url, 'file:///etc/passwd'],
  };
  const image = await imageOf(own, 'near', { layers: [foreign] });
  assert.equal((await putManifest(`${own}/manifests/foreign`, image)).status, 201);
  assert.equal((await call('GET', `${own}/manifests/foreign`)).status, 200);
  assert.equal((await call('GET', `${own}/blobs/${foreign.digest}`)).status, 404);
  assert.equal(connections, 0);
});

test('keys of prototypes in labels and annotations are data and nothing else', async () => {
  const text = '{"__proto__":"x","constructor":"y","toString":"z","hasOwnProperty":"w"}';
  const labels = `{"os":"linux","config":{"Labels":${text}}}`;
  const config = { mediaType: mediaTypes.ociConfig, ...(await pushBlob(own, labels)) };
  const bytes = Buffer.from(
    (await imageOf(own, 'labels', { config, annotations: {} })).toString().replace('{}}', `${text}}`),
  );
  assert.ok(bytes.includes('"annotations":{"__proto__"'));
  assert.equal((await putManifest(`${own}/manifests/labels`, bytes)).status, 201);
  assert.deepEqual((await call('GET', `${own}/manifests/labels`)).body, bytes);
});

test('public endpoints tell nothing of users, repositories and secrets', async () => {
  const paths = ['/', '/health', '/health/instance', '/health/endtoend', '/health/warning', '/status'];
  const texts = await Promise.all(
    [...paths.map((path) => server.url + path), server.metricsUrl].map(async (url) =>
      (await fetch(url)).text(),
    ),
  );
  for (const [index, text] of texts.entries()) {
    for (const secret of [own, other, 'password1', server.dataDirectory, token.slice(0, 40)]) {
      assert.ok(!text.includes(secret), `${paths[index] ?? 'metrics'} tells ${secret}`);
    }
  }
});

test('the log has one line of JSON for each entry, whatever requests hold', async () => {
  const text = 'x","level":60,"msg":"forged\u2028';
  await callHttp(`${server.url}/v2/a%0a%7b%22level%22:60%7d/b/tags/list`, {
    method: 'GET',
    headers: {
      'user-agent': encodeURIComponent(text),
      'x-request-id': '","level":60,"x":"',
      'x-forwarded-for': '"}',
    },
  });
  await call('GET', `${own}/tags/list?x=","level":60`);
  const lines = server
    .output()
    .trim()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  assert.ok(
    lines.some((line) => line.includes('"operation":"listTags"')),
    'requests are logged',
  );
  for (const line of lines) assert.notEqual((JSON.parse(line) as { level: number }).level, 60, line);
  assert.ok(!server.output().includes(token.slice(0, 60)), 'no token in the log');
  assert.ok(!server.output().includes('password1'), 'no password in the log');
});

function basic(name: string, secret: string): string {
  return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
}
