import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTarget } from '#/login/sign-in/local-target.ts';

const base = 'https://registry.example.com';

const rows: readonly (readonly [string | undefined, string])[] = [
  [undefined, '/'],
  ['', '/'],
  ['/repository?tab=1#x', '/repository?tab=1#x'],
  [`${base}/user/ann`, '/user/ann'],
  ['//evil.org/x', '/'],
  ['///evil.org', '/'],
  ['/\\evil.org', '/'],
  ['\\\\evil.org', '/'],
  ['/\t/evil.org', '/'],
  ['https://evil.org/', '/'],
  ['https:evil.org', '/evil.org'],
  ['http://registry.example.com/', '/'],
  ['https://registry.example.com:444/', '/'],
  ['https://registry.example.com.evil.org/', '/'],
  ['https://registry.example.com@evil.org/', '/'],
  [`${base}//evil.org/`, '/'],
  ['/x/..//evil.org', '/'],
  ['javascript:alert(1)', '/'],
  ['/a\r\nset-cookie: b=c', '/'],
];

for (const [text, expected] of rows) {
  test(`${JSON.stringify(text)} leads to ${expected}`, () => assert.equal(localTarget(text, base), expected));
}
