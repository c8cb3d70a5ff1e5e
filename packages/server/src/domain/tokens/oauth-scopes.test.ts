import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOauthScopes } from '#/domain/tokens/index.ts';

for (const [text, expected] of [
  ['repo:read', ['repo:read']],
  ['repo:write repo:read', ['repo:read', 'repo:write']],
  ['repo:read,org:admin', ['repo:read', 'org:admin']],
  ['repo:read, repo:read', ['repo:read']],
  ['repo:read nonsense', undefined],
  ['direct_user_login', undefined],
  ['REPO:READ', undefined],
  ['', undefined],
  [' , ', undefined],
] as const) {
  test(`the scopes of "${text}"`, () => {
    assert.deepEqual(findOauthScopes(text), expected);
  });
}
