import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientAddress } from './client-address.ts';

const connected = '192.0.2.1';

const claims: readonly (readonly [string, string])[] = [
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:4711', '203.0.113.7'],
  ['2001:db8::7', '2001:db8::7'],
  ['[2001:db8::7]:4711', '2001:db8::7'],
  ['[2001:db8::7]', '2001:db8::7'],
  ['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ['unknown', connected],
  ['', connected],
  ['203.0.113.777', connected],
  ['203.0.113.7"><script>', connected],
  [`fe80::1%${'x'.repeat(60)}`, connected],
  ['1'.repeat(60_000), connected],
];

for (const [claimed, expected] of claims) {
  test(`"${claimed.slice(0, 40)}" is ${expected}`, () => {
    assert.equal(clientAddress(claimed, connected), expected);
  });
}

test('a connection that is gone has no address', () => {
  assert.equal(clientAddress('unknown', undefined), '');
});
