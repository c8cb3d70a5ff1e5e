import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createSecretBox } from '#/platform/secret-box.ts';

const key = randomBytes(32);

test('a secret comes back, and the stored text differs each time', () => {
  const box = createSecretBox(key);
  const sealed = box.encrypt('pässword');
  assert.match(sealed, /^v0\$\$[A-Za-z0-9+/=]+$/);
  assert.notEqual(sealed, box.encrypt('pässword'));
  assert.equal(box.decrypt(sealed), 'pässword');
  assert.equal(box.decrypt(box.encrypt('')), '');
});

test('another key, an altered text and other formats are refused', () => {
  const box = createSecretBox(key);
  const sealed = box.encrypt('secret');
  assert.throws(() => createSecretBox(randomBytes(32)).decrypt(sealed));
  const bytes = Buffer.from(sealed.slice(4), 'base64');
  for (let i = 0; i < bytes.length; i += 7) {
    const altered = Buffer.from(bytes);
    altered[i] = (altered[i] ?? 0) ^ 1;
    assert.throws(() => box.decrypt(`v0$$${altered.toString('base64')}`), `byte ${i}`);
  }
  assert.throws(() => box.decrypt('secret'), /unknown format/);
  assert.throws(() => box.decrypt('v0$$AAAA'), /too short/);
  assert.throws(() => createSecretBox(randomBytes(16)), /32 bytes/);
});
