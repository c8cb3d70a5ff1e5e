import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import {
  archiveActionLogs,
  createPullLog,
  listActionLogs,
  performerOf,
  writeChangeLog,
} from '#/domain/logs/index.ts';
import type { ActionLogSettings } from '#/domain/services.ts';
import { createMemoryDriver, type MemoryStore } from '#/storage/drivers/memory.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import type { RequestFacts } from './logged-request.ts';

const facts: RequestFacts = {
  url: 'http://registry.example.com/v2/acme/app/manifests/v1',
  method: 'GET',
  scheme: 'bearer',
  userAgent: 'docker/29',
  requestId: 'request-1',
  forwardedFor: '192.0.2.9, 192.0.2.10',
};
const recorded = {
  request_url: facts.url,
  http_method: 'GET',
  auth_type: 'bearer',
  user_agent: 'docker/29',
  performer_kind: 'robot',
  request_id: 'request-1',
  x_forwarded_for: '192.0.2.9, 192.0.2.10',
};
const usual: ActionLogSettings = {
  auditLogins: true,
  auditLoginFailures: false,
  auditPullFailures: false,
  auditPushFailures: false,
  auditDeleteFailures: false,
  disabledForAuditLogs: [],
  disabledForPullLogs: [],
  disablePullLogsForFreeNamespaces: false,
};
const robot = { kind: 'robot', account: { id: 8, uuid: 'u', name: 'acme+ci' }, ownerId: 3 } as const;

eachDatabase('what entries tell about their requests', (open) => {
  for (const [extended, expected] of [
    [true, recorded],
    [false, {}],
  ] as const) {
    test(`with FEATURE_EXTENDED_ACTION_LOGGING ${extended}: changes, pulls, archives`, async () => {
      const services = createTestServices({
        database: await open(),
        settings: { actionLog: { ...usual, extended } },
      });
      const performer = performerOf(robot, '192.0.2.9', facts);
      await services.database.transaction((db) =>
        writeChangeLog(services, db, {
          kind: 'create_repo',
          accountId: 3,
          performer,
          metadata: { repo: 'app' },
        }),
      );
      const pulls = createPullLog(services);
      await pulls.record({
        kind: 'pull_repo',
        accountId: 3,
        performerId: 8,
        repositoryId: 7,
        ip: performer.ip,
        request: performer.request,
        metadata: { namespace: 'acme' },
      });
      await pulls.close();
      const untilMs = services.clock.nowMs() + 1000;
      const { entries } = await listActionLogs(services, {
        scope: { kind: 'registry' },
        fromMs: 0,
        untilMs,
        limit: 10,
      });
      assert.deepEqual(
        entries.map(({ kind, request }) => [kind, request]),
        [
          ['pull_repo', expected],
          ['create_repo', expected],
        ],
      );
      assert.deepEqual(entries[1]?.metadata, { repo: 'app' });

      const store: MemoryStore = new Map();
      await archiveActionLogs(services, {
        location: { name: 'default', driver: createMemoryDriver({ store }) },
        folder: 'logs',
        olderThanMs: untilMs,
        isHeld: () => true,
      });
      const [object] = [...store.values()];
      const [archived] = JSON.parse(gunzipSync(object?.bytes ?? Buffer.alloc(0)).toString('utf8'));
      for (const [name, value] of Object.entries(recorded)) {
        assert.equal(archived[name], extended ? value : undefined, name);
      }
    });
  }
});
