import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiContent } from '#/testing/api-content.ts';

test('a badge for public images and for whoever has the token', async (t) => {
  const api = await openApiContent(t, { configuration: { FEATURE_EXTENDED_REPOSITORY_NAMES: true } });
  await api.makeRepository('acme/open', { visibility: 'public' });
  const token = (await api.call('GET', '/repository/acme/app', { as: 'alice' })).json.status_token;
  const open = '//repository/acme/open/status';
  const badge = await api.call('GET', open);
  assert.equal(badge.status, 200);
  assert.equal(badge.headers['content-type'], 'image/svg+xml');
  assert.equal(badge.headers['cache-control'], 'no-cache');
  assert.equal(badge.headers.etag, '"none"');
  assert.match(badge.text, /^<svg .*none.*<\/svg>$/);
  for (const known of ['none', '"none"']) {
    assert.equal((await api.call('GET', open, { headers: { 'if-none-match': known } })).status, 304);
  }
  assert.equal((await api.call('GET', open, { headers: { 'if-none-match': 'ready' } })).status, 200);
  const closed = '//repository/acme/app/status';
  for (const [url, status] of [
    [`${closed}?token=${token}`, 200],
    [closed, 404],
    [`${closed}?token=wrong`, 404],
    ['//repository/acme/none/status', 404],
    ['//repository/acme/status', 404],
  ] as const) {
    assert.equal((await api.call('GET', url, { as: 'alice' })).status, status, url);
  }
});
