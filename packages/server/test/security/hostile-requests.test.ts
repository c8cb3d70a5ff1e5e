import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { openHostileServer, repository } from './hostile-server.ts';
import { sendRaw } from './raw-http.ts';

/*
 * Requests that no honest client sends, byte by byte: each gets the documented refusal quickly, nothing is stored, and the server goes on.
 */

const hostile = await openHostileServer();
const { server, headers, request, anonymous } = hostile;
afterEach(hostile.checkUnharmed);

const v2 = `/v2/${repository}`;
const sha256 = `sha256:${'a'.repeat(64)}`;
const sha512 = `sha512:${'a'.repeat(128)}`;

/** One request per entry; the key is the request line. */
async function expectStatuses(table: Readonly<Record<string, number | readonly number[]>>): Promise<void> {
  for (const [line, expected] of Object.entries(table)) {
    const { status, text } = await request(line);
    assert.ok([expected].flat().includes(status), `${line.slice(0, 120)}: ${status} ${text.slice(0, 400)}`);
  }
}

test('percent-encoding that cannot be decoded or hides something', async () => {
  await expectStatuses({
    'GET /v2/%': 400,
    'GET /v2/%zz': 400,
    'GET /v2/%c0%ae%c0%ae/app/tags/list': 400,
    'GET /v2/%ff%fe/app/tags/list': 400,
    [`GET ${v2}/tags/list%`]: 400,
    [`GET ${v2}%00/tags/list`]: 400,
    [`GET ${v2}/blobs/uploads/%00`]: 400,
    [`PATCH ${v2}/blobs/uploads/%00`]: 400,
    [`GET ${v2}/tags/list?last=%00`]: 400,
    'GET /v2/_catalog?last=%00': 400,
    [`GET ${v2}/referrers/${sha256}?artifactType=%00`]: 400,
    'GET /v2/auth?scope=repository:a%00/b:pull': 400,
    'GET /v2/%2e%2e/app/tags/list': 400,
    'GET /v2/admin/%2e%2e/tags/list': 400,
    'GET /v2/admin/app%2f..%2f..%2fetc/tags/list': 400,
    'GET /v2/admin%252fapp/tags/list': 400,
    [`GET ${v2}/blobs/uploads/..%2f..%2fwharf.db`]: 404,
    [`DELETE ${v2}/blobs/uploads/..%2f..%2fwharf.db`]: 404,
    [`GET ${v2}/blobs/uploads/%2e%2e`]: 404,
    [`GET ${v2}/blobs/..%2f..%2fwharf.db`]: 400,
    [`GET ${v2}/tags/list?last=%zz%ff`]: 200,
    // An encoded slash is the same repository, as in every router that decodes segments.
    [`GET ${v2.replace('admin/', 'admin%2f')}/tags/list`]: 200,
  });
});

test('names that are none', async () => {
  const path = (name: string) => `GET /v2/${name}/tags/list`;
  await expectStatuses({
    [path('admin/..')]: 400,
    [path('admin/a/../b')]: 400,
    [path('admin/.hidden')]: 400,
    [path('admin/App')]: 400,
    [path('admin/a%0d%0aX-Injected:%201')]: 400,
    [path('admin/a%09b')]: 400,
    [path('admin/a%7f')]: 400,
    // Cyrillic and full-width look-alikes, and a letter whose lower case is ASCII.
    [path(`admin/${encodeURIComponent('аpp')}`)]: 400,
    [path(`admin/${encodeURIComponent('ａpp')}`)]: 400,
    [path(`admin/${encodeURIComponent('app\u212a')}`)]: 400,
    [path(`admin/${encodeURIComponent('app\u200b')}`)]: 400,
    [path(`admin/${'a'.repeat(255)}`)]: [401, 404],
    [path(`admin/${'a'.repeat(256)}`)]: 400,
    [path(`admin/${'a/'.repeat(126)}a`)]: [401, 404],
    [path('a'.repeat(3000))]: 414,
    [path('admin/')]: [400, 404],
    [path('/admin/app')]: [400, 404],
  });
});

test('references at and over their length, on every route', async () => {
  const image = 'Content-Type: application/vnd.oci.image.manifest.v1+json';
  await expectStatuses({
    [`GET ${v2}/manifests/${'t'.repeat(128)}`]: 404,
    [`GET ${v2}/manifests/${'t'.repeat(129)}`]: 404,
    [`DELETE ${v2}/manifests/${'t'.repeat(129)}`]: 400,
    [`GET ${v2}/manifests/${sha512}`]: 404,
    [`HEAD ${v2}/manifests/${sha512}`]: 404,
    [`DELETE ${v2}/manifests/${sha512}`]: 404,
    [`GET ${v2}/blobs/${sha512}`]: 404,
    [`HEAD ${v2}/blobs/${sha512}`]: 404,
    [`DELETE ${v2}/blobs/${sha512}`]: 404,
    [`GET ${v2}/referrers/${sha512}`]: 200,
    [`GET ${v2}/blobs/${sha256.toUpperCase()}`]: 400,
    [`GET ${v2}/blobs/sha256:${'a'.repeat(63)}`]: 400,
    [`GET ${v2}/blobs/md5:${'a'.repeat(32)}`]: 400,
    [`GET ${v2}/blobs/sha256:..%2f${'a'.repeat(61)}`]: 400,
    [`GET ${v2}/referrers/sha256:`]: 400,
    [`POST ${v2}/blobs/uploads/?digest-algorithm=md5`]: 400,
    [`POST ${v2}/blobs/uploads/?mount=nothing`]: 400,
  });
  const put = (reference: string) =>
    request(`PUT ${v2}/manifests/${reference}`, [image, 'Content-Length: 2'], '{}');
  for (const reference of ['t'.repeat(128), 't'.repeat(129), sha512, '-t', '.t', 't%2Fu', '%20']) {
    assert.equal((await put(reference)).status, 400, reference);
  }
});

test('absurd page sizes and query strings', async () => {
  const numbers = ['-1', '1e30', 'NaN', '', '0', '00000', '9'.repeat(400), '1.5', '0x10', '+1', 'Infinity'];
  for (const n of numbers) {
    assert.equal((await request(`GET ${v2}/tags/list?n=${n}`)).status, 200, n);
    assert.equal((await request(`GET /v2/_catalog?n=${n}`)).status, 200, n);
  }
  await expectStatuses({
    [`GET ${v2}/tags/list?n=1&n=2`]: 400,
    [`GET ${v2}/tags/list?${'a=1&'.repeat(10_000)}`]: 200,
    [`GET ${v2}/tags/list?${'&=&'.repeat(10_000)}`]: 200,
    [`GET ${v2}/tags/list?__proto__=1&constructor=2&toString[a]=3`]: 200,
    [`GET ${v2}/tags/list?next_page=${'A'.repeat(50_000)}`]: 200,
    [`GET ${v2}/tags/list?last=${'a'.repeat(50_000)}`]: 200,
    [`PUT ${v2}/manifests/${sha256}?${'tag=t&'.repeat(100)}`]: 413,
    [`GET /v2/${'a'.repeat(70_000)}`]: 431,
  });
  for (const query of [
    'scope=repository:a/b:pull&'.repeat(101),
    `service=${'a'.repeat(261)}`,
    `scope=${'repository:a/b:pull+'.repeat(101)}`,
    `scope=${'a'.repeat(50_000)}`,
    `scope=repository:${'a/'.repeat(600)}b:pull`,
    'service=a&service=b&scope=repository:a/b:pull',
  ]) {
    assert.equal((await anonymous(`GET /v2/auth?${query}`)).status, 400, query.slice(0, 60));
  }
});

test('framing that two parsers could read in two ways is refused, and the connection with it', async () => {
  const post = `POST ${v2}/blobs/uploads/ HTTP/1.1\r\n${headers}`;
  const smuggled = 'GET /v2/_catalog HTTP/1.1\r\nHost: x\r\n\r\n';
  const shapes: Readonly<Record<string, string>> = {
    'both lengths': `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    'both lengths, other order': `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`,
    'two lengths': `${post}Content-Length: 0\r\nContent-Length: 40\r\n\r\n`,
    'two equal lengths': `${post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde`,
    'a list of lengths': `${post}Content-Length: 5, 5\r\n\r\nabcde`,
    'a signed length': `${post}Content-Length: +5\r\n\r\nabcde`,
    'a negative length': `${post}Content-Length: -5\r\n\r\nabcde`,
    'a hexadecimal length': `${post}Content-Length: 0x5\r\n\r\nabcde`,
    'a length over 64 bits': `${post}Content-Length: 99999999999999999999\r\n\r\nabcde`,
    'chunked, then identity': `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    identity: `${post}Transfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
    'an unknown coding': `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    'chunked twice in two lines': `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
    'a blank before the colon': `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    'a vertical tab in the coding': `${post}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n`,
    'a folded line': `${post}X-Folded: a\r\n b\r\n\r\n`,
    'a folded coding': `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`,
    'line feeds only': `GET /v2/ HTTP/1.1\nHost: x\n\n`,
    'a bare carriage return': `GET /v2/ HTTP/1.1\r\nHost: x\r\nX-A: a\rX-B: b\r\n\r\n`,
    'a NUL in a header': `GET /v2/ HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n`,
    'a blank in a header name': `GET /v2/ HTTP/1.1\r\nHost: x\r\nX A: a\r\n\r\n`,
    'a blank in the target': `GET /v2/ _catalog HTTP/1.1\r\nHost: x\r\n\r\n`,
    'a tab for the blank': `GET\t/v2/\tHTTP/1.1\r\nHost: x\r\n\r\n`,
    'a hexadecimal chunk size': `${post}Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n`,
    'a chunk size over 64 bits': `${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff0\r\n\r\n`,
    'a negative chunk size': `${post}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`,
    'a line feed in a chunk extension': `${post}Transfer-Encoding: chunked\r\n\r\n0;\nx\r\n\r\n`,
    'chunk extensions without end': `${post}Transfer-Encoding: chunked\r\n\r\n0;${'a'.repeat(20_000)}\r\n\r\n`,
    'another version': 'GET /v2/ HTTP/9.9\r\nHost: x\r\n\r\n',
    'another protocol': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a TLS greeting': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  };
  for (const [name, bytes] of Object.entries(shapes)) {
    const { statuses, text } = await sendRaw(server.port, `${bytes}${smuggled}`);
    // Parts of the smuggled request are never answered; what may be is the request before the flaw.
    assert.ok(statuses.includes(400) || statuses.length === 0, `${name}: ${text.slice(0, 300)}`);
    assert.ok(!text.includes('repositories'), `${name}: the smuggled request was answered`);
    assert.ok(!statuses.some((status) => status >= 500), name);
  }
});

test('pipelined requests are answered in order, each for itself', async () => {
  const { statuses } = await sendRaw(
    server.port,
    `GET ${v2}/tags/list HTTP/1.1\r\n${headers}\r\nGET /v2/ HTTP/1.1\r\nHost: x\r\n\r\nGET /v2/%zz HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  assert.deepEqual(statuses, [200, 401, 400, 200]);
});

test('old and strange request lines', async () => {
  assert.equal((await sendRaw(server.port, 'GET /v2/ HTTP/1.0\r\nHost: x\r\n\r\n')).status, 401);
  assert.equal((await sendRaw(server.port, 'GET /v2/ HTTP/1.0\r\n\r\n')).status, 400);
  assert.equal((await sendRaw(server.port, 'GET /v2/ HTTP/1.1\r\n\r\n')).status, 400);
  assert.equal((await sendRaw(server.port, 'GET /v2/\r\n\r\n')).status, 400);
  assert.equal(
    (await sendRaw(server.port, 'CONNECT other.example:443 HTTP/1.1\r\nHost: x\r\n\r\n')).status,
    0,
  );
  await expectStatuses({
    // The absolute form is the same request, whatever authority it names.
    [`GET http://other.example${v2}/tags/list`]: 200,
    'GET http://other.example/v2/': 200,
    'GET http://other.example/v2/_catalog': 200,
    'GET ftp://other.example/v2/': 404,
    'GET *': 404,
    'OPTIONS *': 404,
  });
});

test('methods and slashes that no route has', async () => {
  for (const path of ['/', '/v2/', '/v2/auth', '/v2/_catalog', `${v2}/tags/list`, `${v2}/blobs/${sha256}`]) {
    for (const method of ['OPTIONS', 'TRACE', 'PROPFIND', 'MKCOL', 'SEARCH', 'PURGE', 'LOCK']) {
      assert.equal((await request(`${method} ${path}`)).status, 404, `${method} ${path}`);
    }
    assert.equal((await request(`FOO ${path}`)).status, 400);
    assert.equal((await request(`get ${path}`)).status, 400);
  }
  await expectStatuses({
    'GET //v2//': 404,
    'GET //v2/_catalog': 404,
    'GET /v2/_catalog/': 404,
    'GET /v2/auth/': 404,
    [`GET ${v2}/tags/list/`]: 404,
    [`GET ${v2}/tags//list`]: 404,
    [`GET ${v2}/manifests/`]: 404,
    [`GET ${v2}/blobs/`]: [400, 404],
    'GET /v2/../../etc/passwd': [400, 404],
    'GET /../etc/passwd': 404,
    'GET /.env': 404,
    'GET /v2/;/x/tags/list': 400,
    'HEAD /v2/': 200,
    'HEAD /': 404,
  });
});

test('too many or too large headers are refused with 431', async () => {
  for (const extra of [`X-A: ${'a'.repeat(70_000)}`, 'X-A: b\r\n'.repeat(8000).trimEnd()]) {
    assert.equal((await anonymous('GET /v2/', [extra])).status, 431);
  }
  assert.equal((await anonymous('GET /v2/', [`Authorization: Bearer ${'a'.repeat(60_000)}`])).status, 401);
  assert.equal((await anonymous('GET /v2/auth', [`Authorization: Basic ${'A'.repeat(60_000)}`])).status, 401);
});

test('a Content-Type is the business of the handler, however strange', async () => {
  const types = ['', ';;;', '/', 'a/b/c', 'application/json; charset=', 'ä', 'a'.repeat(10_240)];
  for (const type of types) {
    const lines = [`Content-Type: ${type}`, 'Content-Length: 2'];
    const put = await request(`PUT ${v2}/manifests/t`, lines, '{}');
    assert.ok([400, 415].includes(put.status), `${type.slice(0, 20)}: ${put.status}`);
    assert.match(put.text, /"MANIFEST_INVALID"/, type.slice(0, 20));
    const patch = await request(`PATCH ${v2}/blobs/uploads/unknown`, lines, '{}');
    assert.match(patch.text, /"BLOB_UPLOAD_UNKNOWN"/, type.slice(0, 20));
  }
});

test('a forwarded address that is none changes nothing', async () => {
  for (const claimed of ['x'.repeat(5000), '"><script>', `fe80::1%${'x'.repeat(200)}`, ',,,', '\u00e4']) {
    const { status } = await request(`GET ${v2}/tags/list`, [`X-Forwarded-For: ${claimed}`]);
    assert.equal(status, 200, claimed.slice(0, 20));
  }
});
