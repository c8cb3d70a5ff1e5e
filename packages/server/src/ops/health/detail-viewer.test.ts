import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setAccountEnabled } from '#/domain/namespaces/index.ts';
import { openApi } from '#/testing/api-fixture.ts';

test('who is signed in by a browser sees detail as a superuser, while the session is in force', async (t) => {
  const { services, createPerson, call } = await openApi(t);
  const root = await createPerson('root', { superuser: true });
  await createPerson('alice');
  const seesDetail = async (as: string | undefined, headers = {}): Promise<boolean> => {
    const { json } = await call('GET', '//health/warning', { as, headers });
    return json.data.hostname !== undefined;
  };
  assert.equal(await seesDetail('root'), true);
  assert.equal(await seesDetail('alice'), false);
  assert.equal(await seesDetail(undefined), false);
  // Credentials that are wrong count as none, whatever else the request has.
  assert.equal(await seesDetail('root', { authorization: 'Basic eDp5' }), false);
  assert.equal(await seesDetail('root', { authorization: 'Bearer nothing' }), false);
  await setAccountEnabled(services, { accountId: root.id, enabled: false });
  assert.equal(await seesDetail('root'), false);
});
