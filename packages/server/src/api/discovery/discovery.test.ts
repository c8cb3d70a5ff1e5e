import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { apiRoutes } from '#/api/routes.ts';
import { openApi } from '#/testing/api-fixture.ts';

for (const [path, internal] of [
  ['/discovery', false],
  ['/discovery?internal=true', true],
  ['/openapi.json', false],
  ['/openapi.json?internal=1', true],
] as const) {
  test(`${path} is valid and lists every operation`, async (t) => {
    const api = await openApi(t, { configuration: { FEATURE_ANONYMOUS_ACCESS: false } });
    const { status, json } = await api.call('GET', path);
    assert.equal(status, 200);
    const result = await new Validator().validate(json);
    assert.deepEqual([result.valid, result.errors], [true, undefined]);
    const found = Object.values(json.paths as Record<string, Record<string, { operationId?: string }>>)
      .flatMap((item) => Object.values(item))
      .flatMap(({ operationId }) => operationId ?? []);
    const expected = apiRoutes
      .filter(({ facts }) => internal || !facts.internal)
      .map(({ operationId }) => operationId);
    assert.deepEqual(found.sort(), expected.sort());
    assert.equal(new Set(found).size, found.length, 'operation ids are unique');
  });
}

test('the Swagger document has what generators of clients of Quay look for', async (t) => {
  const api = await openApi(t);
  const { json } = await api.call('GET', '/discovery');
  const item = json.paths['/api/v1/user/apptoken/{token_uuid}'];
  assert.equal(item['x-name'], 'endpoints.api.appspecifictokens.AppToken');
  assert.equal(item['x-path'], '/api/v1/user/apptoken/{token_uuid}');
  assert.equal(item['x-tag'], 'appspecifictokens');
  assert.deepEqual(item.parameters, [
    { name: 'token_uuid', in: 'path', required: true, description: 'The token uuid', type: 'string' },
  ]);
  assert.deepEqual(item.get.security, [{ oauth2_implicit: ['user:admin'] }]);
  assert.deepEqual(Object.keys(item.get.responses), ['200', '400', '401', '403', '404']);
  assert.equal(item.get['x-requires-fresh-login'], undefined);
  const [body] = json.paths['/api/v1/user/apptoken'].post.parameters;
  assert.deepEqual(body.schema, { $ref: '#/definitions/CreateAppToken' });
  assert.deepEqual(json.definitions.CreateAppToken.required, ['title']);
  const { post, get } = json.paths['/api/v1/user/apptoken'];
  assert.deepEqual(Object.keys(post.responses)[0], '200', 'its own status, not that of its method');
  assert.deepEqual(get.responses[200].schema, { $ref: '#/definitions/ListAppTokensAnswer' });
  assert.deepEqual(json.definitions.ListAppTokensAnswer.properties.tokens.items.properties.last_accessed, {
    type: 'string',
    'x-nullable': true,
  });
  const [expiring] = json.paths['/api/v1/user/apptoken'].get.parameters;
  assert.deepEqual([expiring.name, expiring.type, expiring.required], ['expiring', 'boolean', false]);
});
