import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswordHasher, OverloadedError } from '#/platform/password-hasher.ts';

test('hashes verify, other passwords and texts that are no hash do not', async () => {
  const hasher = createPasswordHasher({ rounds: 4 });
  try {
    const hash = await hasher.hash('correct horse');
    assert.match(hash, /^\$2b\$04\$/);
    assert.equal(await hasher.verify('correct horse', hash), true);
    assert.equal(await hasher.verify('correct horse', hash.replace('$2b$', '$2a$')), true);
    assert.equal(await hasher.verify('correct horse', hash.replace('$2b$', '$2y$')), true);
    assert.equal(await hasher.verify('wrong horse', hash), false);
    assert.equal(await hasher.verify('correct horse', 'no hash'), false);
  } finally {
    await hasher.close();
  }
});

test('a full queue refuses at once and loses nothing that it accepted', async () => {
  const hasher = createPasswordHasher({ threads: 1, queueLength: 3, rounds: 4 });
  try {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => hasher.hash('x')));
    const accepted = results.filter((result) => result.status === 'fulfilled');
    const refused = results.filter((result) => result.status === 'rejected');
    assert.equal(accepted.length, 4);
    assert.ok(refused.every((result) => result.reason instanceof OverloadedError));
  } finally {
    await hasher.close();
  }
});
