import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser } from '#/domain/namespaces/index.ts';
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
});
