import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ActionLogEntry, recordLoginFailure } from '#/domain/logs/index.ts';
import { createUser } from '#/domain/namespaces/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const actionLog = {
  auditLogins: true,
  auditLoginFailures: true,
  auditPullFailures: false,
  auditPushFailures: false,
  auditDeleteFailures: false,
  disabledForAuditLogs: [],
  disabledForPullLogs: [],
  disablePullLogsForFreeNamespaces: false,
};

eachDatabase('refused log-ins', (open) => {
  test('leave one entry a minute for an account and an address, and a bounded number in all', async () => {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const services = createTestServices({ database: await open(), clock, settings: { actionLog } });
    for (const name of ['olga', 'hugo']) await createUser(services, { name, password: 'correct-horse' });
    const entries: Omit<ActionLogEntry, 'createdMs'>[] = [];
    const log = { record: async (entry: Omit<ActionLogEntry, 'createdMs'>) => void entries.push(entry) };
    const refuse = (username: string, ip: string) =>
      recordLoginFailure(
        services,
        log,
        { username, message: 'wrong' },
        { type: 'quayauth', ip, userAgent: 'test' },
      );
    for (let round = 0; round < 5; round += 1) {
      for (const name of ['olga', 'hugo', `nobody-${round}`]) {
        for (const ip of ['192.0.2.1', '192.0.2.2']) await refuse(name, ip);
      }
    }
    assert.equal(entries.length, 6, 'two people and everybody unknown, from two addresses');
    clock.advanceMs(60_000);
    await refuse('olga', '192.0.2.1');
    assert.equal(entries.length, 7);
    for (let number = 0; number < 1100; number += 1) await refuse('olga', `2001:db8::${number}`);
    assert.equal(entries.length, 6 + 1000);
  });
});
