import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { openConnection } from '#/http/connection.ts';
import { createResponseReader } from '#/http/response-reader.ts';

const answers = [
  {
    title: 'a body of known length',
    text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\nhello',
    isHead: false,
    status: 200,
    body: 'hello',
  },
  { title: 'no body', text: 'HTTP/1.1 204 No Content\r\n\r\n', isHead: false, status: 204, body: '' },
  {
    title: 'an empty body',
    text: 'HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n',
    isHead: false,
    status: 201,
    body: '',
  },
  {
    title: 'HEAD with a length',
    text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    isHead: true,
    status: 200,
    body: '',
  },
  {
    title: 'chunks and a trailer',
    text: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\nhello\r\n7\r\n, world\r\n0\r\nT: 1\r\n\r\n',
    isHead: false,
    status: 200,
    body: 'hello, world',
  },
  {
    title: 'an interim answer first',
    text: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno',
    isHead: false,
    status: 404,
    body: 'no',
  },
];

describe('response reader', () => {
  for (const { title, text, isHead, status, body } of answers) {
    for (const size of [1, 3, 1000]) {
      test(`${title}, ${size} bytes at a time, twice on one connection`, () => {
        const reader = createResponseReader();
        const bytes = Buffer.from(text);
        for (let round = 0; round < 2; round += 1) {
          for (let at = 0; at < bytes.length; at += size) {
            const response = reader.read(bytes.subarray(at, at + size), { isHead, keepBody: true });
            if (at + size < bytes.length) {
              assert.equal(response, undefined);
              continue;
            }
            assert.equal(response?.status, status);
            assert.equal(response?.body.toString(), body);
            assert.equal(response?.bodyBytes, body.length);
          }
        }
      });
    }
  }
});

describe('connection', () => {
  const received: string[] = [];
  const server = createServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (!text.endsWith('END') && !text.endsWith('0\r\n\r\n')) return;
      received.push(text);
      text = '';
      if (received.at(-1)?.startsWith('PUT /broken') === true) socket.destroy();
      else socket.write('HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: /here\r\n\r\n');
    });
  });
  let url = new URL('http://127.0.0.1');

  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    url = new URL(`http://127.0.0.1:${address.port}`);
  });
  after(() => server.close());

  test('sends bodies of known length and in chunks, and connects again after a failure', async () => {
    const connection = openConnection(url);
    const body = [Buffer.from('one '), Buffer.from('END')];
    const known = await connection.request({
      method: 'PUT',
      path: '/a',
      headers: 'X: y\r\n',
      body,
      bodyBytes: 7,
    });
    assert.equal(known.status, 201);
    assert.equal(known.headers.get('location'), '/here');
    await assert.rejects(connection.request({ method: 'PUT', path: '/broken', body, bodyBytes: 7 }));
    await connection.request({ method: 'PATCH', path: '/b', body });
    assert.deepEqual(
      received.map((text) => text.replace(url.host, 'HOST')),
      [
        'PUT /a HTTP/1.1\r\nHost: HOST\r\nX: y\r\nContent-Length: 7\r\n\r\none END',
        'PUT /broken HTTP/1.1\r\nHost: HOST\r\nContent-Length: 7\r\n\r\none END',
        'PATCH /b HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none \r\n3\r\nEND\r\n0\r\n\r\n',
      ],
    );
    connection.close();
  });
});
