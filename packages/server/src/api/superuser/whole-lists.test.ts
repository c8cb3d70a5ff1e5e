import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { createAppToken } from '#/domain/tokens/index.ts';
import { openApi } from '#/testing/api-fixture.ts';

test('lists of superusers are whole without a limit, up to a length from which on they come in pages', async (t) => {
  const api = await openApi(t, { configuration: { FEATURE_SUPERUSERS_FULL_ACCESS: true } });
  Object.assign(api.services.settings, { listLimits: { wholeList: 3 } });
  const root = await api.createPerson('root', { superuser: true });
  const add = {
    users: (index: number) => api.createPerson(`person${index}`),
    organizations: (index: number) =>
      createOrganization(api.services, { name: `team${index}`, ownerId: root.id }),
    tokens: (index: number) => createAppToken(api.services, { accountId: root.id, title: `laptop ${index}` }),
  };
  for (const [path, key, present] of [
    ['users/', 'users', 1],
    ['organizations/', 'organizations', 0],
    ['apptokens', 'tokens', 0],
  ] as const) {
    const list = (query = '') => api.call('GET', `/superuser/${path}${query}`, { as: 'root' });
    for (let index = present; index < 3; index += 1) await add[key](index);
    const whole = await list();
    assert.deepEqual([whole.status, whole.json[key]?.length], [200, 3], whole.text);
    assert.equal(whole.json.next_page, undefined);
    await add[key](3);
    const refused = await list();
    assert.equal(refused.status, 400);
    assert.match(refused.json.detail, /more than 3 entries.*limit and next_page/);
    const seen: unknown[] = [];
    let next = '';
    do {
      const { json } = await list(`?limit=3&next_page=${encodeURIComponent(next)}`);
      seen.push(...json[key].map((one: Record<string, unknown>) => one.uuid ?? one.name ?? one.username));
      next = json.next_page ?? '';
    } while (next !== '');
    assert.deepEqual([seen.length, new Set(seen).size], [4, 4], path);
    assert.equal((await list('?limit=0')).status, 400);
    assert.equal((await list('?limit=101')).status, 400);
  }
});
