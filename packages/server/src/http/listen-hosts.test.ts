import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type IpVersion, listenHosts } from './listen-hosts.ts';

const cases: readonly (readonly [string, IpVersion, string])[] = [
  ['0.0.0.0', 'IPv4', '0.0.0.0'],
  ['0.0.0.0', 'IPv6', '::'],
  ['0.0.0.0', 'dual-stack', '0.0.0.0 ::'],
  ['127.0.0.1', 'IPv4', '127.0.0.1'],
  ['127.0.0.1', 'IPv6', '::1'],
  ['127.0.0.1', 'dual-stack', '127.0.0.1 ::1'],
  ['192.0.2.1', 'dual-stack', '192.0.2.1'],
  ['::', 'IPv4', '::'],
];
for (const [host, version, expected] of cases) {
  test(`${host} with ${version} is ${expected}`, () => {
    assert.equal(
      listenHosts(host, version)
        .map((each) => each.host)
        .join(' '),
      expected,
    );
  });
}
