import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskValues, unmaskValues } from '#/config/unmask-values.ts';

const current = {
  DB_URI: 'postgresql://quay:p@ss/word@db/quay',
  SECRET_KEY: 12345678901234567890n,
  MAIL_PASSWORD: 'hidden',
  BUILDLOGS_REDIS: { host: 'redis', password: 'hidden' },
  DISTRIBUTED_STORAGE_CONFIG: { a: ['S3Storage', { s3_access_key: 'AK', s3_secret_key: 'hidden' }] },
  DB_READ_REPLICAS: [{ DB_URI: 'postgresql://a:hidden@one/q' }, { DB_URI: 'postgresql://a:other@two/q' }],
  WEBHOOK: 'https://example.com/?token=hidden',
};

test('what was shown masked and sent back unchanged is what it was', () => {
  const shown = JSON.parse(JSON.stringify(maskValues(current)));
  assert.doesNotMatch(JSON.stringify(shown), /hidden|other@|p@ss|1234567890/);
  assert.deepEqual(unmaskValues(shown, current), { values: current, unresolved: [] });
});

test('secrets stay while what is around them changes', () => {
  const { values, unresolved } = unmaskValues(
    {
      BUILDLOGS_REDIS: { host: 'other', password: '***' },
      MAIL_PASSWORD: 'new',
      DB_READ_REPLICAS: [{ DB_URI: 'postgresql://a:***@three/q' }],
    },
    current,
  );
  assert.deepEqual(unresolved, ['DB_READ_REPLICAS[0].DB_URI']);
  assert.deepEqual(values.BUILDLOGS_REDIS, { host: 'other', password: 'hidden' });
  assert.equal(values.MAIL_PASSWORD, 'new');
});

test('an entry of a list keeps its secret when it moves', () => {
  const list = [{ NAME: 'a', PASSWORD: '***' }];
  const known = {
    LIST: [
      { NAME: 'b', PASSWORD: 'of b' },
      { NAME: 'a', PASSWORD: 'of a' },
    ],
  };
  assert.deepEqual(unmaskValues({ LIST: list }, known).values, { LIST: [{ NAME: 'a', PASSWORD: 'of a' }] });
});

test('a mask without a secret behind it is named', () => {
  const { unresolved } = unmaskValues({ NEW_PASSWORD: '***', A: { B: ['x***'] } }, current);
  assert.deepEqual(unresolved, ['NEW_PASSWORD', 'A.B[0]']);
});
