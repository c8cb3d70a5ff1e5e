import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findExpiresAfterSeconds,
  findReservedLabelPrefix,
  guessLabelMediaType,
  isLabelKey,
} from './labels.ts';

const lifetimes: readonly (readonly [value: string, seconds: number | undefined])[] = [
  ['2w', 1_209_600],
  [' 1d ', 86_400],
  ['0d', undefined],
  ['-1d', undefined],
  ['never', undefined],
  ['', undefined],
  ['99999999w', undefined],
];

for (const [value, seconds] of lifetimes) {
  test(`expiry after ${JSON.stringify(value)}`, () => assert.equal(findExpiresAfterSeconds(value), seconds));
}

const keys: readonly (readonly [key: string, valid: boolean])[] = [
  ['a', true],
  ['com.example.build-id', true],
  ['a'.repeat(255), true],
  ['a'.repeat(256), false],
  ['', false],
  ['A', false],
  ['a..b', false],
  ['a--b', false],
  ['a.-b', false],
  ['.a', false],
  ['a-', false],
  ['a_b', false],
  ['a/b', false],
];

for (const [key, valid] of keys) {
  test(`label key ${JSON.stringify(key.slice(0, 30))}`, () => assert.equal(isLabelKey(key), valid));
}

test('reserved prefixes are found, and so are those of the configuration', () => {
  assert.equal(findReservedLabelPrefix('com.docker.x'), 'com.docker.');
  assert.equal(findReservedLabelPrefix('quay.expires-after'), 'quay');
  assert.equal(findReservedLabelPrefix('com.dockerish'), undefined);
  assert.equal(findReservedLabelPrefix('acme.team'), undefined);
  assert.equal(findReservedLabelPrefix('acme.team', ['acme.']), 'acme.');
});

const values: readonly (readonly [value: string, mediaType: string])[] = [
  ['{"a": 1}', 'application/json'],
  [' [1]', 'application/json'],
  ['"text"', 'text/plain'],
  ['5', 'text/plain'],
  ['null', 'text/plain'],
  ['{broken', 'text/plain'],
  ['', 'text/plain'],
];

for (const [value, mediaType] of values) {
  test(`label value ${value} is ${mediaType}`, () => assert.equal(guessLabelMediaType(value), mediaType));
}
