import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, getAccount, setAccountEnabled, setPassword } from '#/domain/namespaces/index.ts';
import {
  cleanEmailCodes,
  cleanSessions,
  endAllSessions,
  findSession,
  listSessions,
  startSession,
} from '#/domain/sign-in/index.ts';
import { cleanAppTokens, createAppToken, listAppTokens } from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const dayMs = 24 * 3600 * 1000;

eachDatabase('sign-in cleaning', (open) => {
  test('expired sessions and tokens go, others stay', async () => {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const services = createTestServices({ database: await open(), clock });
    const olga = await createUser(services, { name: 'olga', password: 'correct-horse' });
    const start = (days: number) =>
      startSession(services, {
        account: olga,
        lifeSeconds: days * 24 * 3600,
        ip: null,
        userAgent: 'a'.repeat(900),
      });
    const [short, long] = [await start(1), await start(9)];
    for (const [title, days] of [
      ['short', 1],
      ['long', 9],
    ] as const) {
      await createAppToken(services, {
        accountId: olga.id,
        title,
        expiresMs: clock.nowMs() + days * dayMs,
      });
    }
    clock.advanceMs(2 * dayMs);
    assert.equal(await findSession(services, short), undefined);
    const found = await findSession(services, long);
    assert.deepEqual([found?.account.name, found?.userAgent?.length], ['olga', 500]);
    assert.equal(await findSession(services, { ...long, secret: short.secret }), undefined);
    assert.equal(await cleanSessions(services), 1);
    await cleanEmailCodes(services);
    assert.equal(await cleanAppTokens(services, 2 * 24 * 3600), 0);
    assert.equal(await cleanAppTokens(services, 3600), 1);
    const titles = (await listAppTokens(services.database.read, olga.id)).map(({ title }) => title);
    assert.deepEqual(titles, ['long']);
    assert.equal((await listSessions(services, olga)).length, 1);
    await endAllSessions(services, { accountId: olga.id });
    assert.equal(await findSession(services, long), undefined);
  });

  test('no session starts on a password that was changed since, or in a disabled account', async () => {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const services = createTestServices({ database: await open(), clock });
    const checked = await createUser(services, { name: 'olga', password: 'correct-horse' });
    const start = (account: typeof checked) =>
      startSession(services, { account, lifeSeconds: 60, ip: null, userAgent: undefined });
    clock.advanceMs(1);
    await setPassword(services, { accountId: checked.id, password: 'another-horse' });
    await assert.rejects(start(checked), { code: 'invalid_credentials' });
    const present = await getAccount(services.database.read, checked.id);
    assert.notEqual(await findSession(services, await start(present)), undefined);
    await setAccountEnabled(services, { accountId: checked.id, enabled: false });
    await assert.rejects(start(present), { code: 'invalid_credentials' });
  });
});
