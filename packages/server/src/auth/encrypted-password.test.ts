import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encryptPassword, findDecryptedPassword } from './encrypted-password.ts';

const key = Buffer.alloc(32, 7);

for (const password of ['', 'secret', 'pässwörd', 'x'.repeat(100), 'a"b\\c']) {
  test(`an encrypted password gives back what went in (${password.length} characters)`, () => {
    const text = encryptPassword(key, password);
    assert.equal(findDecryptedPassword(key, text), password);
    assert.equal(Buffer.from(text, 'base64').length % 32, 16);
    assert.notEqual(encryptPassword(key, password), text);
  });
}

test('a password encrypted elsewhere with the same layout is read', () => {
  const iv = Buffer.alloc(16, 1);
  const clear = Buffer.from('{"password": "secret"}');
  const padding = 32 - clear.length;
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  const body = cipher.update(Buffer.concat([clear, Buffer.alloc(padding, padding)]));
  assert.equal(findDecryptedPassword(key, Buffer.concat([iv, body]).toString('base64')), 'secret');
});

const others: readonly (readonly [string, string])[] = [
  ['plain text', 'correct horse'],
  ['empty', ''],
  ['short base64', 'c2VjcmV0'],
  ['noise of the right length', randomBytes(48).toString('base64')],
  ['another key', encryptPassword(Buffer.alloc(32, 8), 'secret')],
  ['base64url', encryptPassword(key, 'secret').replaceAll(/[A-Za-z0-9]/g, '_')],
];
for (const [title, text] of others) {
  test(`not an encrypted password: ${title}`, () => {
    assert.equal(findDecryptedPassword(key, text), undefined);
  });
}
