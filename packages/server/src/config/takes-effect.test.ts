import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findKey } from '#/config/check-values.ts';
import { effectOf, namesWithEffectNow } from '#/config/takes-effect.ts';

test('every key of the table exists', () => {
  assert.deepEqual(
    namesWithEffectNow.filter((name) => findKey(name) === undefined),
    [],
  );
});

const cases = [
  ['REGISTRY_TITLE', 'now'],
  ['LDAP_URI', 'now'],
  ['COMPANY_LOGIN_CONFIG', 'now'],
  ['DB_URI', 'restart'],
  ['DISTRIBUTED_STORAGE_CONFIG', 'restart'],
  ['REGISTRY_STATE', 'restart'],
  ['NEVER_HEARD_OF', 'restart'],
  ['MARKETO_MUNCHKIN_ID', 'none'],
] as const;

for (const [name, effect] of cases) {
  test(`${name}: ${effect}`, () => assert.equal(effectOf(name), effect));
}
