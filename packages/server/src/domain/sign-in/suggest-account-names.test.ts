import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNamespaceName } from '@wharf/oci';
import { suggestAccountNames } from './suggest-account-names.ts';

const cases: readonly (readonly [username: string, first: string])[] = [
  ['alice', 'alice'],
  ['Alice.Smith', 'alice.smith'],
  ['DOMAIN\\Alice', 'domain_alice'],
  ['alice@example.com', 'alice_example.com'],
  ['José Núñez', 'jose_nunez'],
  ['--al--ice--', 'al_ice'],
  ['acme+ci', 'acme_ci'],
  ['x', 'x0'],
  ['日本', 'user'],
  ['', 'user'],
  ['a'.repeat(300), 'a'.repeat(251)],
];

for (const [username, first] of cases) {
  test(`"${username.slice(0, 30)}" may be called ${first.slice(0, 30)} here`, () => {
    const names = suggestAccountNames(username);
    assert.equal(names[0], first);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.equal(findNamespaceName(name), name);
  });
}
