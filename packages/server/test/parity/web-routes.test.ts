import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApi } from '#/testing/api-fixture.ts';
import { callHttp } from '#/testing/push-http.ts';
import { absentWebRoutes, limitedWebRoutes, webRoutes } from './web-routes.ts';

const segment = 'some-thing';

test('every web route of Quay is mounted, or named with the reason why not', async (t) => {
  // This route tells nobody that it is there but who knows the secret.
  const { url } = await openApi(t, { configuration: { ENABLE_HEALTH_DEBUG_SECRET: segment } });
  const absent: string[] = [];
  for (const route of webRoutes) {
    const [method = '', pattern = ''] = route.split(' ');
    const path = pattern.replace('/repository/{}', '/repository/acme/app').replaceAll('{}', segment);
    const { status, body } = await callHttp(`${url}${path}`, { method });
    assert.notEqual(status, 500, route);
    if (status === 404 && body.includes('There is nothing at this path.')) absent.push(route);
  }
  assert.deepEqual(absent, Object.keys(absentWebRoutes));
  for (const route of Object.keys(limitedWebRoutes)) {
    assert.ok(webRoutes.includes(route) && !absent.includes(route), route);
  }
});
