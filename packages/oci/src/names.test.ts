import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findNamespaceName,
  findRepositoryName,
  findTagName,
  parseRepositoryName,
  parseTagName,
} from './names.ts';

const namespaces: readonly (readonly [text: string, valid: boolean])[] = [
  ['ab', true],
  ['acme', true],
  ['a1-b.c_d', true],
  ['a'.repeat(255), true],
  ['a'.repeat(256), false],
  ['a', false],
  ['', false],
  ['Acme', false],
  ['acme-', false],
  ['-acme', false],
  ['ac--me', false],
  ['ac..me', false],
  ['..', false],
  ['acme/app', false],
  ['acme+robot', false],
  ['acme\n', false],
];

for (const [text, valid] of namespaces) {
  test(`namespace ${JSON.stringify(text.slice(0, 20))} of ${text.length} is ${valid ? 'taken' : 'refused'}`, () => {
    assert.equal(findNamespaceName(text), valid ? text : undefined);
  });
}

const nested255 = `${'a'.repeat(127)}/${'b'.repeat(127)}`;

const names: readonly (readonly [text: string, classic: boolean, extended: boolean])[] = [
  ['app', true, true],
  ['a', true, true],
  ['0', true, true],
  ['my_app.v2--x', true, true],
  ['app-', true, true],
  ['a'.repeat(255), true, true],
  ['a'.repeat(256), false, false],
  ['App', false, false],
  ['.app', false, false],
  ['..', false, false],
  ['_app', false, false],
  ['', false, false],
  ['app\n', false, false],
  ['a/b', false, true],
  ['tags/list', false, true],
  [nested255, false, true],
  [`${nested255}b`, false, false],
  ['a//b', false, false],
  ['/a', false, false],
  ['a/', false, false],
  ['a/../b', false, false],
  ['a%2fb', false, false],
];

for (const [text, classic, extended] of names) {
  test(`repository name ${JSON.stringify(text.slice(0, 20))} of ${text.length}`, () => {
    assert.equal(findRepositoryName(text, { extendedNames: false }), classic ? text : undefined);
    assert.equal(findRepositoryName(text, { extendedNames: true }), extended ? text : undefined);
  });
}

test('the error tells a nested name from a bad one', () => {
  assert.throws(() => parseRepositoryName('a/b', { extendedNames: false }), /must not contain "\/"/);
  assert.throws(() => parseRepositoryName('A', { extendedNames: false }), /starting with a letter or digit/);
});

const tags: readonly (readonly [text: string, valid: boolean])[] = [
  ['latest', true],
  ['_', true],
  ['V1.0_a-b', true],
  ['a'.repeat(128), true],
  ['a'.repeat(129), false],
  ['', false],
  ['.INVALID_MANIFEST_NAME', false],
  ['-a', false],
  ['$temp-x', false],
  ['a:b', false],
  ['a\n', false],
  ['é', false],
];

for (const [text, valid] of tags) {
  test(`tag ${JSON.stringify(text.slice(0, 30))} is ${valid ? 'taken' : 'refused'}`, () => {
    assert.equal(findTagName(text), valid ? text : undefined);
    if (!valid) assert.throws(() => parseTagName(text), { reason: 'tag_invalid' });
  });
}
