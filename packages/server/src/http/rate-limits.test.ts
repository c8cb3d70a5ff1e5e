import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateLimits } from '#/http/rate-limits.ts';
import { findRateZone } from '#/http/rate-zones.ts';

const zone = { name: 'zone', perSecond: 5, burst: 2 };

test('a burst goes on at once, then one request for each step', () => {
  let nowMs = 0;
  const limits = createRateLimits(() => nowMs, 1);
  const take = () => limits.take(zone, 'client');
  assert.deepEqual([take(), take(), take()], [undefined, undefined, undefined]);
  assert.equal(take(), 0.2);
  assert.equal(limits.take(zone, 'another'), undefined);
  nowMs += 200;
  assert.equal(take(), undefined);
  assert.equal(take(), 0.2);
  nowMs += 10_000;
  assert.deepEqual([take(), take(), take()], [undefined, undefined, undefined]);
});

test('each of two processes allows half the rate', () => {
  let nowMs = 0;
  const limits = createRateLimits(() => nowMs, 1 / 2);
  let allowed = 0;
  for (let ms = 0; ms < 10_000; ms += 10) {
    nowMs = ms;
    if (limits.take(zone, 'client') === undefined) allowed += 1;
  }
  assert.ok(allowed >= 25 && allowed <= 28, String(allowed));
});

test('paths have their zones', () => {
  for (const [url, name, namespace] of [
    ['/api/v1/user/', 'api', undefined],
    ['/v2/auth?scope=x', 'token', undefined],
    ['/v2/_catalog?n=5', 'catalog', undefined],
    ['/v2/acme/app/tags/list', 'tags', 'acme'],
    ['/v2/acme/a/b/manifests/latest', 'manifests', 'acme'],
    ['/v2/acme/app/blobs/uploads/', 'blobs', 'acme'],
    ['/v2/', 'registry', undefined],
    ['/health', undefined, undefined],
    ['/', undefined, undefined],
  ] as const) {
    const found = findRateZone(url);
    assert.deepEqual([found?.zone.name, found?.namespace], [name, namespace], url);
  }
});
