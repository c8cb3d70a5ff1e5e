import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { mediaTypes } from '@wharf/oci';
import { digestOf } from '#/testing/bytes.ts';
import { openHostileServer, repository } from './hostile-server.ts';
import { sendAndLeave, sendRaw } from './raw-http.ts';

/*
 * Bodies that lie, end early, are too large or too deep: refused with the documented error, quickly, and nothing of them is kept.
 */

const layerLimitBytes = 1024 ** 2;
const manifestLimitBytes = 4 * 1024 ** 2;
const hostile = await openHostileServer({ MAXIMUM_LAYER_SIZE: '1M' });
const { server, headers, request } = hostile;
afterEach(hostile.checkUnharmed);

const v2 = `/v2/${repository}`;
const missing = digestOf(Buffer.from('never pushed'));

async function putManifest(body: Buffer | string, more: { type?: string; reference?: string } = {}) {
  const { type = mediaTypes.ociManifest, reference = 't' } = more;
  const bytes = Buffer.from(body);
  return sendRaw(
    server.port,
    Buffer.concat([
      Buffer.from(
        `PUT ${v2}/manifests/${reference} HTTP/1.1\r\n${headers}Connection: close\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      ),
      bytes,
    ]),
  );
}

/** For bodies that never end: the server waits for the rest after it has answered. */
const sendEarly = (bytes: string) => sendRaw(server.port, bytes, { leaveEarly: true });

async function expectRefusal(
  answer: Promise<{ readonly status: number; readonly text: string; readonly tookMs: number }>,
  status: number,
  code: string,
  what: string,
): Promise<void> {
  const found = await answer;
  assert.equal(found.status, status, `${what}: ${found.text.slice(0, 400)}`);
  assert.match(found.text, new RegExp(`"code":"${code}"`), what);
  assert.ok(found.tookMs < 5000, `${what} took ${found.tookMs} ms`);
}

const descriptor = (more: object = {}) => ({
  mediaType: mediaTypes.ociLayerGzip,
  digest: missing,
  size: 12,
  ...more,
});
const image = (more: object = {}): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: descriptor({ mediaType: mediaTypes.ociConfig }),
    layers: [descriptor()],
    ...more,
  });
const index = (more: object = {}): string =>
  JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [], ...more });

test('what is no manifest', async () => {
  const bodies: Readonly<Record<string, Buffer | string>> = {
    'nothing at all': '',
    'half an object': '{"schemaVersion": 2,',
    'an array': '[]',
    'no object': 'null',
    'a text after the object': `${image()}x`,
    'two objects': `${image()}${image()}`,
    'invalid UTF-8': Buffer.concat([
      Buffer.from('{"schemaVersion":2,"x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]),
    'a byte order mark': `\ufeff${image()}`,
    'a gzip stream': gzipSync(image()),
    'a size that is no number': image({ layers: [descriptor({ size: '12' })] }),
    'a negative size': image({ layers: [descriptor({ size: -1 })] }),
    'a size beyond all numbers': image({ layers: [] }).replace('"size":12', '"size":1e400'),
    'a broken size': image({ layers: [descriptor({ size: 1.5 })] }),
    'a digest with a path': image({ layers: [descriptor({ digest: 'sha256:../../../etc/passwd' })] }),
    'a digest of another algorithm': image({ layers: [descriptor({ digest: `md5:${'a'.repeat(32)}` })] }),
    'a media type with a line end': image({ layers: [descriptor({ mediaType: 'a/b\r\nX-Injected: 1' })] }),
    'layers that are no list': image({ layers: { length: 1e9 } }),
    'another schema version': image({ schemaVersion: '2' }),
    'an image that is an index too': image({ manifests: [] }),
    'keys of another case': image().replace('"layers"', '"Layers"'),
    'a media type against its Content-Type': index(),
    'brackets without end': '['.repeat(500_000),
    'braces without end': '{"a":'.repeat(300_000),
    'a deep annotation': image({ annotations: 0 }).replace('0}', `${'['.repeat(5000)}${']'.repeat(5000)}}`),
    'a hundred thousand parts': image({ extra: Array.from({ length: 100_001 }, () => ({})) }),
    'prototype keys only': '{"__proto__":{"schemaVersion":2},"constructor":{"prototype":{"layers":[]}}}',
  };
  for (const [what, body] of Object.entries(bodies)) {
    await expectRefusal(putManifest(body), 400, 'MANIFEST_INVALID', what);
  }
});

test('content that is not there, and digests that are wrong', async () => {
  await expectRefusal(putManifest(image()), 400, 'MANIFEST_BLOB_UNKNOWN', 'blobs that were never pushed');
  const children = index({ manifests: [descriptor({ mediaType: mediaTypes.ociManifest })] });
  const type = mediaTypes.ociIndex;
  await expectRefusal(putManifest(children, { type }), 400, 'MANIFEST_INVALID', 'a child never pushed');
  const many = index({
    manifests: Array.from({ length: 9000 }, () => descriptor({ mediaType: mediaTypes.ociManifest })),
  });
  await expectRefusal(putManifest(many, { type }), 400, 'MANIFEST_INVALID', 'nine thousand equal children');
  await expectRefusal(putManifest(image(), { reference: missing }), 400, 'DIGEST_INVALID', 'another digest');
  const body = 'some bytes';
  const length = `Content-Length: ${body.length}`;
  await expectRefusal(
    request(`POST ${v2}/blobs/uploads/?digest=${missing}`, [length], body),
    400,
    'DIGEST_INVALID',
    'a blob with another digest',
  );
  await expectRefusal(
    request(
      `POST ${v2}/blobs/uploads/?digest=${digestOf(Buffer.from(body))}`,
      [`Content-Length: ${gzipSync(body).length}`, 'Content-Encoding: gzip'],
      gzipSync(body),
    ),
    400,
    'DIGEST_INVALID',
    'a compressed body with the digest of its content',
  );
});

test('a manifest over the limit is refused by its declared length, or when it passes it', async () => {
  const put = `PUT ${v2}/manifests/t HTTP/1.1\r\n${headers}Content-Type: ${mediaTypes.ociManifest}\r\n`;
  for (const length of [manifestLimitBytes + 1, Number.MAX_SAFE_INTEGER]) {
    const answer = sendEarly(`${put}Content-Length: ${length}\r\n\r\n{`);
    await expectRefusal(answer, 413, 'MANIFEST_INVALID', `declared ${length}`);
  }
  const piece = `10000\r\n${' '.repeat(65_536)}\r\n`;
  const chunked = `${put}Transfer-Encoding: chunked\r\n\r\n${piece.repeat(65)}`;
  await expectRefusal(sendEarly(chunked), 413, 'MANIFEST_INVALID', 'chunked');
  const accepted = putManifest(' '.repeat(manifestLimitBytes));
  await expectRefusal(accepted, 400, 'MANIFEST_INVALID', 'blanks of the largest size');
});

test('a blob over MAXIMUM_LAYER_SIZE is refused by its declared length, or when it passes it', async () => {
  const uploads = `${v2}/blobs/uploads/`;
  const post = `POST ${uploads}?digest=${missing} HTTP/1.1\r\n${headers}`;
  for (const length of [layerLimitBytes + 1, Number.MAX_SAFE_INTEGER]) {
    const answer = sendEarly(`${post}Content-Length: ${length}\r\n\r\nx`);
    await expectRefusal(answer, 413, 'SIZE_INVALID', `declared ${length}`);
  }
  const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`;
  const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n${piece.repeat(20)}`;
  await expectRefusal(sendEarly(chunked), 413, 'SIZE_INVALID', 'chunked');
});

test('ranges of an upload that do not fit', async () => {
  const upload = await startUpload();
  const ranges = [
    ['5-9', 416, 'RANGE_INVALID'],
    ['0-3', 400, 'SIZE_INVALID'],
    ['9-5', 400, 'INVALID_REQUEST'],
    ['-5', 400, 'INVALID_REQUEST'],
    ['0-99999999999999999999', 400, 'INVALID_REQUEST'],
    ['0-9007199254740991', 400, 'SIZE_INVALID'],
    ['bytes 0-4/2', 400, 'INVALID_REQUEST'],
    ['0-4,5-9', 400, 'INVALID_REQUEST'],
    ['NaN-Infinity', 400, 'INVALID_REQUEST'],
    [`0${' '.repeat(50_000)}-4`, 400, 'INVALID_REQUEST'],
    [`bytes${' '.repeat(50_000)}x`, 400, 'INVALID_REQUEST'],
  ] as const;
  for (const [range, status, code] of ranges) {
    const answer = request(`PATCH ${upload}`, [`Content-Range: ${range}`, 'Content-Length: 5'], 'abcde');
    await expectRefusal(answer, status, code, range.slice(0, 30));
  }
  assert.match((await request(`GET ${upload}`)).text, /^range: 0-0\r$/im);
  assert.equal((await request(`DELETE ${upload}`)).status, 204);
});

test('a client that goes away in the middle of a body leaves nothing, or an upload that goes on', async () => {
  const head = (line: string, length: number) =>
    `${line} HTTP/1.1\r\n${headers}Content-Type: ${mediaTypes.ociManifest}\r\nContent-Length: ${length}\r\n\r\n`;
  for (let round = 0; round < 10; round += 1) {
    await sendAndLeave(server.port, `${head(`POST ${v2}/blobs/uploads/?digest=${missing}`, 1000)}some bytes`);
    await sendAndLeave(server.port, `${head(`PUT ${v2}/manifests/t`, 1000)}{"schemaVersion":`);
    await sendAndLeave(server.port, head('GET /v2/', 0).slice(0, 20));
  }
  const upload = await startUpload();
  await sendAndLeave(server.port, `${head(`PATCH ${upload}`, 1000)}0123456789`);
  const deadline = Date.now() + 5000;
  while (!/^range: 0-9\r$/im.test((await request(`GET ${upload}`)).text)) {
    assert.ok(Date.now() < deadline, 'what arrived of a chunk is accounted for');
    await wait(20);
  }
  assert.equal((await request(`DELETE ${upload}`)).status, 204);
});

test('bodies of the API', async () => {
  const post = (body: string | Buffer, lines: readonly string[] = []) =>
    request('POST /api/v1/user/initialize', [`Content-Length: ${Buffer.byteLength(body)}`, ...lines], body);
  const json = 'Content-Type: application/json; charset=utf-8';
  const bodies: Readonly<Record<string, number>> = {
    '': 400,
    '{': 400,
    null: 400,
    '[]': 400,
    '{"username":["admin"],"password":{"length":20}}': 400,
    '{"username":"a"}': 400,
    '{"__proto__":{"username":"a","password":"password1"}}': 400,
    '{"username":"second","password":"password1","__proto__":{"setup_token":"x"},"superuser":true}': 400,
    [`{"username":"${'a'.repeat(70_000)}","password":"password1"}`]: 413,
    [`${'['.repeat(30_000)}`]: 400,
  };
  for (const [body, status] of Object.entries(bodies)) {
    assert.equal((await post(body, [json])).status, status, body.slice(0, 60));
  }
  // What a page of another site can send without a preflight is refused, whatever it holds.
  const second = '{"username":"second","password":"password1"}';
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', '', 'json']) {
    assert.equal((await post(second, [`Content-Type: ${type}`])).status, 400, type);
  }
  assert.equal((await post(second)).status, 400);
  const gzipped = gzipSync('{"username":"second","password":"password1"}');
  assert.equal((await post(gzipped, [json, 'Content-Encoding: gzip'])).status, 400);
});

async function startUpload(): Promise<string> {
  const { status, text } = await request(`POST ${v2}/blobs/uploads/`, ['Content-Length: 0']);
  assert.equal(status, 202);
  return new URL(/^location: (\S+)/im.exec(text)?.[1] ?? '').pathname;
}
