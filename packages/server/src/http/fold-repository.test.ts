import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRepositoryFolding } from '#/http/fold-repository.ts';

const fold = createRepositoryFolding([
  '/v2/',
  '/v2/_catalog',
  '/v2/:repository/tags/list',
  '/v2/:repository/manifests/:reference',
  '/v2/:repository/blobs/:digest',
  '/v2/:repository/blobs/uploads/',
  '/v2/:repository/blobs/uploads/:uuid',
  '/v2/:repository/referrers/:digest',
]);

const cases: readonly [string, string][] = [
  ['/v2/', '/v2/'],
  ['/v2/_catalog?n=1', '/v2/_catalog?n=1'],
  ['/v2/a/tags/list', '/v2/a/tags/list'],
  ['/v2/a/b/tags/list?n=2', '/v2/a%2Fb/tags/list?n=2'],
  ['/v2/tags/list/tags/list', '/v2/tags%2Flist/tags/list'],
  ['/v2/ns/tags/tags/list', '/v2/ns%2Ftags/tags/list'],
  ['/v2/ns/manifests/manifests/v1', '/v2/ns%2Fmanifests/manifests/v1'],
  ['/v2/a/b/blobs/uploads/', '/v2/a%2Fb/blobs/uploads/'],
  ['/v2/a/b/blobs/uploads/123', '/v2/a%2Fb/blobs/uploads/123'],
  ['/v2/a/blobs/uploads/blobs/uploads/123', '/v2/a%2Fblobs%2Fuploads/blobs/uploads/123'],
  ['/v2/a/b/c/d/e/blobs/sha256:abc', '/v2/a%2Fb%2Fc%2Fd%2Fe/blobs/sha256:abc'],
  ['/v2/a%2Fb/tags/list', '/v2/a%2Fb/tags/list'],
  ['/v2/a/b/manifests/', '/v2/a/b/manifests/'],
  ['/v2/a//b/tags/list', '/v2/a%2F%2Fb/tags/list'],
  ['/v2/tags/list', '/v2/tags/list'],
  ['/v1/a/b/tags/list', '/v1/a/b/tags/list'],
  ['/', '/'],
];

for (const [url, expected] of cases) {
  test(`${url} -> ${expected}`, () => assert.equal(fold(url), expected));
}
