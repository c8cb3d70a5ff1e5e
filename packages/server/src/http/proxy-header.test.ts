import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longestProxyHeaderBytes, type ProxyHeader, parseProxyHeader } from './proxy-header.ts';

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const binary = (command: number, family: number, body: Buffer, length = body.length): Buffer => {
  const head = Buffer.from([command, family, length >> 8, length & 0xff]);
  return Buffer.concat([signature, head, body]);
};
const v4 = Buffer.from('cb0071070a000001d4312bbb', 'hex');
const v6 = Buffer.from(`20010db8${'00'.repeat(11)}07${'00'.repeat(16)}d4312bbb`, 'hex');
const extension = Buffer.from('040003aabbcc', 'hex');
const header = (lengthBytes: number, address: string | undefined): ProxyHeader => ({
  kind: 'header',
  lengthBytes,
  address,
});
const kind = (name: 'incomplete' | 'absent' | 'invalid'): ProxyHeader => ({ kind: name });

const cases: readonly (readonly [string, string | Buffer, ProxyHeader])[] = [
  ['TCP4', 'PROXY TCP4 203.0.113.7 10.0.0.1 54321 443\r\nGET /', header(43, '203.0.113.7')],
  ['TCP6', 'PROXY TCP6 2001:db8::7 ::1 1 0\r\n', header(32, '2001:db8::7')],
  ['UNKNOWN', 'PROXY UNKNOWN\r\nrest', header(15, undefined)],
  ['UNKNOWN with addresses', 'PROXY UNKNOWN ffff:f ::1 1 2\r\n', header(30, undefined)],
  ['a part of the line', 'PROXY TCP4 203.0', kind('incomplete')],
  ['one byte', 'P', kind('incomplete')],
  ['a line without end', `PROXY TCP4 ${'1'.repeat(200)}`, kind('invalid')],
  ['a line that is too long', `PROXY UNKNOWN ${'1'.repeat(100)}\r\n`, kind('invalid')],
  ['an address of the other family', 'PROXY TCP4 2001:db8::7 ::1 1 2\r\n', kind('invalid')],
  ['an address that is none', 'PROXY TCP4 203.0.113.777 10.0.0.1 1 2\r\n', kind('invalid')],
  ['two blanks', 'PROXY TCP4  203.0.113.7 10.0.0.1 1 2\r\n', kind('invalid')],
  ['a port out of range', 'PROXY TCP4 203.0.113.7 10.0.0.1 65536 2\r\n', kind('invalid')],
  ['a port with a zero before it', 'PROXY TCP4 203.0.113.7 10.0.0.1 01 2\r\n', kind('invalid')],
  ['no ports', 'PROXY TCP4 203.0.113.7 10.0.0.1\r\n', kind('invalid')],
  ['another protocol', 'PROXY UDP4 203.0.113.7 10.0.0.1 1 2\r\n', kind('invalid')],
  ['a request', 'GET / HTTP/1.1\r\n', kind('absent')],
  ['a method that begins alike', 'PROPFIND / HTTP/1.1\r\n', kind('absent')],
  ['TLS', Buffer.from('1603010200', 'hex'), kind('absent')],
  ['binary, IPv4', Buffer.concat([binary(0x21, 0x11, v4), Buffer.from('GET')]), header(28, '203.0.113.7')],
  ['binary, IPv6', binary(0x21, 0x21, v6), header(52, '2001:db8::7')],
  ['binary with an extension', binary(0x21, 0x11, Buffer.concat([v4, extension])), header(34, '203.0.113.7')],
  ['binary, the proxy itself', binary(0x20, 0, Buffer.alloc(0)), header(16, undefined)],
  ['binary, a local socket', binary(0x21, 0x31, Buffer.alloc(216)), header(232, undefined)],
  ['a part of the signature', signature.subarray(0, 7), kind('incomplete')],
  ['the signature alone', signature, kind('incomplete')],
  ['a part of the addresses', binary(0x21, 0x11, v4).subarray(0, 20), kind('incomplete')],
  ['too few bytes for the family', binary(0x21, 0x11, v4.subarray(0, 8)), kind('invalid')],
  ['too few bytes for IPv6', binary(0x21, 0x21, v4), kind('invalid')],
  ['a version that does not exist', binary(0x31, 0x11, v4), kind('invalid')],
  ['a command that does not exist', binary(0x22, 0x11, v4), kind('invalid')],
  ['a length out of bounds', binary(0x21, 0x11, v4, 65_535), kind('invalid')],
];
for (const [title, bytes, expected] of cases) {
  test(title, () => assert.deepEqual(parseProxyHeader(Buffer.from(bytes as string)), expected));
}

test('what is there never changes its meaning when more comes', () => {
  for (const [title, bytes, expected] of cases) {
    const all = Buffer.from(bytes as string);
    for (let length = 1; length < all.length; length += 1) {
      const found = parseProxyHeader(all.subarray(0, length));
      assert.ok(found.kind === 'incomplete' || found.kind === expected.kind, `${title}, ${length} bytes`);
      if (found.kind === 'header') assert.deepEqual(found, expected);
    }
  }
});

test('no header is waited for without end', () => {
  const longest = Buffer.concat([binary(0x21, 0x11, v4, 2048), Buffer.alloc(4096)]);
  assert.equal(parseProxyHeader(longest.subarray(0, longestProxyHeaderBytes)).kind, 'header');
});
