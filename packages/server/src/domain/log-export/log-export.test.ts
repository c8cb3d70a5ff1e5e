import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueName, takeQueueItem } from '#/domain/background/index.ts';
import {
  findExportedLogs,
  removeOldExports,
  requestLogExport,
  runLogExports,
} from '#/domain/log-export/index.ts';
import { listActionLogs, writeActionLog } from '#/domain/logs/index.ts';
import { createOrganization, createUser } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import type { Mail } from '#/platform/mailer.ts';
import type { OutboundRequest } from '#/platform/outbound-http.ts';
import { createStorage } from '#/storage/create-storage.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { createMemoryDriver } from '#/storage/drivers/memory.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const dayMs = 24 * 3600 * 1000;
const hourMs = 3600 * 1000;
const startMs = Date.UTC(2026, 0, 10);
const retryMs = 5 * 60_000;

/** The outside world: callbacks and mail arrive here. */
function outside() {
  const posts: Record<string, unknown>[] = [];
  const mails: Mail[] = [];
  const state = { status: 200 };
  return {
    posts,
    mails,
    state,
    outbound: {
      checkUrl: () => {},
      async request(request: OutboundRequest) {
        assert.deepEqual([request.method, request.trust], ['POST', 'user']);
        posts.push(JSON.parse(String(request.body)));
        return { status: state.status, headers: {}, body: Buffer.alloc(0) };
      },
    },
    mailer: {
      async send(mail: Mail) {
        mails.push(mail);
      },
    },
  };
}

eachDatabase('export of the action log', (open) => {
  async function setUp(options: { driver?: (driver: StorageDriver) => StorageDriver } = {}) {
    const clock = manualClock(startMs);
    const world = outside();
    const memory = createMemoryDriver();
    const driver = options.driver?.(memory) ?? memory;
    const services: Services = createTestServices({
      database: await open(),
      clock,
      storage: createStorage([{ name: 'default', driver }]),
      outbound: world.outbound,
      mailer: world.mailer,
    });
    const alice = await createUser(services, { name: 'alice', password: 'correct-horse', email: 'a@b.c' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    await services.database.transaction((db) => db.deleteFrom('action_logs').execute());
    const log = (note: string, atMs: number, repositoryId: number | null = null) =>
      services.database.transaction((db) =>
        writeActionLog(services, db, {
          kind: 'push_repo',
          accountId: acme.id,
          performerId: alice.id,
          repositoryId,
          ip: '192.0.2.7',
          createdMs: atMs,
          metadata: { note },
        }),
      );
    const ask = (
      more: Partial<Parameters<typeof requestLogExport>[1]> = { callbackUrl: 'https://a.example' },
    ) =>
      requestLogExport(services, {
        namespace: acme,
        fromMs: startMs - dayMs,
        untilMs: startMs + dayMs,
        callbackUrl: undefined,
        callbackEmail: undefined,
        performer: { accountId: alice.id, ip: '192.0.2.9', metadata: {} },
        baseUrl: 'https://registry.example',
        ...more,
      });
    const audit = async () => {
      const all = { fromMs: 0, untilMs: startMs + 99 * dayMs, limit: 9 };
      const { entries } = await listActionLogs(services, { ...all, scope: { kind: 'registry' } });
      return entries.filter(({ kind }) => kind.startsWith('export'));
    };
    const fetchLink = async (url: unknown) => {
      const found = await findExportedLogs(services, String(url).split('/').at(-1) ?? '');
      if (found === undefined) return undefined;
      return JSON.parse(Buffer.concat(await (await found.read()).toArray()).toString('utf8'));
    };
    return { ...world, services, clock, alice, acme, log, ask, audit, fetchLink };
  }

  test('the file, the callback, the mail and the audit row', async () => {
    const { ask, log, services, posts, mails, audit, fetchLink } = await setUp();
    await log('late', startMs + dayMs - 1);
    await log('early', startMs - dayMs);
    await log('outside', startMs + dayMs);
    const exportId = await ask({ callbackUrl: 'https://a.example', callbackEmail: 'x@y.z' });
    assert.equal(await runLogExports(services), 1);
    const [post] = posts;
    const { exported_data_url: link, ...rest } = post ?? {};
    assert.deepEqual(rest, {
      export_id: exportId,
      start_time: '01/09/2026',
      end_time: '01/10/2026',
      namespace: 'acme',
      repository: null,
      status: 'success',
    });
    assert.match(String(link), /^https:\/\/registry\.example\/exportedlogs\/[0-9a-f-]{69}$/);
    const { logs, ...whole } = await fetchLink(link);
    assert.deepEqual(whole, {
      export_id: exportId,
      details: { start_time: '01/09/2026', end_time: '01/10/2026', namespace: 'acme', repository: null },
    });
    assert.deepEqual(logs[0], {
      kind: 'push_repo',
      performer: { kind: 'user', name: 'alice', is_robot: false },
      ip: '192.0.2.7',
      metadata: { note: 'early' },
      datetime: 'Fri, 09 Jan 2026 00:00:00 -0000',
    });
    assert.deepEqual([logs[1].metadata.note, logs[2]], ['late', { terminator: true }]);
    assert.deepEqual([mails[0]?.to, mails.length, posts.length], ['x@y.z', 1, 1]);
    assert.ok(mails[0]?.text.includes(String(link)));
    const [row, ...others] = await audit();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [row?.kind, row?.performer?.name, row?.ip, row?.metadata.export_id, row?.metadata.email],
      ['export_logs_success', 'alice', '192.0.2.9', exportId, 'x@y.z'],
    );
    assert.equal(await runLogExports(services), 0);
  });

  test('of a repository, in many slices', async () => {
    const { ask, services, posts, fetchLink, acme } = await setUp();
    const count = 2345;
    await services.database.transaction(async (db) => {
      for (let start = 0; start < count; start += 5) {
        await db
          .insertInto('action_logs')
          .values(
            Array.from({ length: 5 }, (_, i) => ({
              uuid: `${start + i}`,
              kind: 'pull_repo',
              account_id: acme.id,
              performer_id: null,
              repository_id: 7,
              created_ms: startMs + Math.floor((start + i) / 700),
              ip: null,
              metadata_json: JSON.stringify({ n: start + i }),
            })),
          )
          .execute();
      }
    });
    await ask({ repository: { id: 7, name: 'app' }, callbackUrl: 'http://a.example' });
    await runLogExports(services);
    const { logs, details } = await fetchLink(posts[0]?.exported_data_url);
    assert.equal(details.repository, 'app');
    const numbers = logs.slice(0, -1).map(({ metadata }: { metadata: { n: number } }) => metadata.n);
    assert.deepEqual(
      numbers,
      Array.from({ length: count }, (_, i) => i),
    );
  });

  test('a link runs out and its file goes', async () => {
    const { ask, services, posts, clock, fetchLink } = await setUp();
    await ask();
    await runLogExports(services);
    const link = posts[0]?.exported_data_url;
    clock.advanceMs(2 * hourMs - 1000);
    assert.equal(await removeOldExports(services), 0);
    assert.ok(await fetchLink(link));
    clock.advanceMs(2000);
    assert.equal(await removeOldExports(services), 1);
    assert.equal(await fetchLink(link), undefined);
    for (const id of ['', '..', 'a/b', `${'a'.repeat(36)}-${'b'.repeat(32)}`]) {
      assert.equal(await findExportedLogs(services, id), undefined, id);
    }
  });

  test('an export that fails is tried three times and told once', async () => {
    const failing = (driver: StorageDriver): StorageDriver => ({
      ...driver,
      put: async () => Promise.reject(new Error('disk on fire')),
    });
    const { ask, services, posts, clock, audit } = await setUp({ driver: failing });
    await ask();
    for (const ended of [0, 0, 1]) {
      assert.equal(await runLogExports(services), ended);
      clock.advanceMs(retryMs);
    }
    assert.deepEqual(
      posts.map(({ status, exported_data_url: url }) => [status, url]),
      [['failed', null]],
    );
    const [row] = await audit();
    assert.deepEqual([row?.kind, row?.metadata.url], ['export_logs_failure', 'https://a.example']);
    clock.advanceMs(99 * hourMs);
    assert.equal(await removeOldExports(services), 3);
  });

  test('a callback that refuses is tried again, without another export or a second mail', async () => {
    const { ask, log, services, posts, mails, state, clock, audit, fetchLink } = await setUp();
    await log('first', startMs);
    await ask({ callbackUrl: 'https://a.example', callbackEmail: 'x@y.z' });
    state.status = 500;
    assert.equal(await runLogExports(services), 0);
    await log('second', startMs);
    clock.advanceMs(retryMs);
    state.status = 200;
    assert.equal(await runLogExports(services), 1);
    assert.deepEqual([posts.length, mails.length], [2, 1]);
    assert.equal(posts[0]?.exported_data_url, posts[1]?.exported_data_url);
    assert.equal((await fetchLink(posts[1]?.exported_data_url)).logs.length, 2);
    assert.equal((await audit())[0]?.kind, 'export_logs_success');

    await ask();
    state.status = 404;
    for (const ended of [0, 0, 1, 0]) {
      assert.equal(await runLogExports(services), ended);
      clock.advanceMs(retryMs);
    }
    assert.equal((await audit())[0]?.kind, 'export_logs_failure');
  });

  test('too long, told apart from what the store makes of it', async () => {
    const wrapping = (driver: StorageDriver): StorageDriver => ({
      ...driver,
      put: (path, source) =>
        driver.put(path, source).catch((error: unknown) => {
          throw new StorageError('unavailable', 'write failed', error);
        }),
    });
    const { ask, services, posts } = await setUp({ driver: wrapping });
    await ask();
    let nowMs = startMs;
    const clock = {
      nowMs: () => {
        nowMs += 2 * hourMs;
        return nowMs;
      },
    };
    assert.equal(await runLogExports({ ...services, clock }), 1);
    assert.deepEqual(
      posts.map(({ status, exported_data_url: url }) => [status, url]),
      [['timedout', null]],
    );
  });

  test('dates that cannot be read, and bodies that are none', async () => {
    const { ask, services, posts } = await setUp();
    await ask();
    const item = await takeQueueItem(services, { prefix: queueName('exportactionlogs') });
    const broken = { ...JSON.parse(item?.body ?? ''), start_time: 'yesterday' };
    await services.database.transaction(async (db) => {
      const values = { available: 1, retries_remaining: 1, processing_expires_ms: null } as const;
      await db
        .updateTable('queue_items')
        .set({ ...values, body: JSON.stringify(broken) })
        .execute();
    });
    await ask({ callbackUrl: 'https://b.example' });
    await services.database.transaction((db) =>
      db.updateTable('queue_items').set({ body: '{}' }).where('body', 'like', '%b.example%').execute(),
    );
    assert.equal(await runLogExports(services), 2);
    assert.deepEqual(
      posts.map(({ status }) => status),
      ['invalidrequest'],
    );
  });

  test('a store with links of its own', async () => {
    const signed: unknown[] = [];
    const signing = (driver: StorageDriver): StorageDriver => ({
      ...driver,
      async signedUrl(path, options) {
        signed.push(options);
        return `https://store.example/${path}?signature=s`;
      },
    });
    const { ask, services, posts } = await setUp({ driver: signing });
    await ask();
    await runLogExports(services);
    assert.match(
      String(posts[0]?.exported_data_url),
      /^https:\/\/store\.example\/exportedactionlogs\/[0-9a-f-]{69}\?signature=s$/,
    );
    assert.deepEqual(signed, [{ expiresInSeconds: 3600, method: 'GET' }]);
  });

  test('a stop gives the job back', async () => {
    const stopping = new AbortController();
    const stops = (driver: StorageDriver): StorageDriver => ({
      ...driver,
      async put(path, source) {
        stopping.abort();
        return driver.put(path, source);
      },
    });
    const { ask, services, posts, clock } = await setUp({ driver: stops });
    await ask();
    assert.equal(await runLogExports(services, { signal: stopping.signal }), 0);
    assert.equal(posts.length, 0);
    clock.advanceMs(1);
    assert.equal(await runLogExports(services), 1);
    assert.equal(posts[0]?.status, 'success');
  });

  test('what is refused', async () => {
    const { ask } = await setUp();
    const cases: readonly Parameters<typeof ask>[0][] = [
      {},
      { callbackUrl: 'ftp://a.example' },
      { callbackUrl: 'http://' },
      { callbackUrl: `https://a.example/${'x'.repeat(2048)}` },
      { callbackEmail: 'nobody' },
      { callbackUrl: 'https://a.example', untilMs: startMs - dayMs },
    ];
    for (const request of cases) {
      await assert.rejects(ask(request), { code: 'invalid_request' }, JSON.stringify(request));
    }
    for (let index = 0; index < 25; index += 1) await ask();
    await assert.rejects(ask(), { code: 'overloaded' });
  });
});
