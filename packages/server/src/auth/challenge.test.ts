import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challengeHeader } from './challenge.ts';

const base = { baseUrl: 'https://registry.example.com', service: 'registry.example.com' };

test('challenge without a repository', () => {
  assert.equal(
    challengeHeader(base),
    'Bearer realm="https://registry.example.com/v2/auth",service="registry.example.com"',
  );
});

test('challenge with scope and error', () => {
  assert.equal(
    challengeHeader({ ...base, scope: 'repository:acme/app:pull,push', error: 'insufficient_scope' }),
    'Bearer realm="https://registry.example.com/v2/auth",service="registry.example.com",' +
      'scope="repository:acme/app:pull,push",error="insufficient_scope"',
  );
});

test('a quote cannot end a value early', () => {
  assert.equal(
    challengeHeader({ baseUrl: 'http://a', service: 'a",realm="http://evil\r\n' }),
    'Bearer realm="http://a/v2/auth",service="a,realm=http://evil"',
  );
});
