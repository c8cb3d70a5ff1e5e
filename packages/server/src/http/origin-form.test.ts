import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originForm } from './origin-form.ts';

const targets: readonly (readonly [string, string])[] = [
  ['/v2/a/b/tags/list?n=1', '/v2/a/b/tags/list?n=1'],
  ['//v2//', '//v2//'],
  ['/v2/?next=http://other.example/', '/v2/?next=http://other.example/'],
  ['http://other.example:80/v2/?n=1', '/v2/?n=1'],
  ['HTTPS://user@other.example/v2/', '/v2/'],
  ['http://other.example', '/'],
  ['http://other.example?n=1', '/?n=1'],
  ['http://http://other.example/v2/', '//other.example/v2/'],
  ['*', '/*'],
  ['other.example:443', '/other.example:443'],
  ['', '/'],
];

for (const [target, expected] of targets) {
  test(`the target "${target}" is the path ${expected}`, () => {
    assert.equal(originForm(target), expected);
  });
}
