import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '#/testing/eventually.ts';
import { readMetric } from '#/testing/process-fixture.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const names = {
  NOTIFICATION_QUEUE_NAME: 'told',
  EXPORT_ACTION_LOGS_QUEUE_NAME: 'exports',
  REPOSITORY_GC_QUEUE_NAME: 'old-repositories',
  NAMESPACE_GC_QUEUE_NAME: 'old-namespaces',
} as const;
const configuration = { ...names, STAGGER_WORKERS: false };

function metric(server: ServerProcess, what: string, queue: string, ...labels: string[]): Promise<number> {
  return readMetric(server, `quay_queue_item_${what}_total`, `queue_name="${queue}"`, ...labels);
}

test('queues are called as the configuration says, from what puts to what takes, and in the metrics', async (t) => {
  const dataDirectory = scratchDirectory();
  const first = await startServer({ dataDirectory, configuration });
  t.after(() => first.dispose());
  const { access_token: token } = await initializeServer(first);
  async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${first.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  }
  await eventually('the workers have run, and come back in a minute', 10_000, async () => {
    const runs = ['log-export', 'repository-deletion', 'namespace-deletion'].map((worker) =>
      readMetric(first, 'wharf_worker_runs_total', `worker="${worker}"`),
    );
    return (await Promise.all(runs)).every((count) => count === 1);
  });
  await call('POST', '/organization/', { name: 'acme', email: 'acme@example.com' });
  for (const repository of ['kept', 'gone']) {
    await call('POST', '/repository', { repository, visibility: 'private', description: '' });
  }
  const { uuid } = await call('POST', '/repository/admin/kept/notification/', {
    event: 'repo_push',
    method: 'quay_notification',
    config: { target: { kind: 'user', name: 'admin' } },
    eventConfig: {},
  });
  await call('POST', `/repository/admin/kept/notification/${uuid}/test`);
  await call('POST', '/user/exportlogs', { callback_email: 'admin@example.com' });
  await call('DELETE', '/repository/admin/gone');
  await call('DELETE', '/organization/acme');
  for (const queue of Object.values(names)) assert.equal(await metric(first, 'puts', queue), 1, queue);
  await eventually(
    'the notification is sent',
    15_000,
    async () => (await metric(first, 'deletes', 'told')) === 1,
  );
  await first.kill();

  const second = await startServer({ dataDirectory, configuration });
  t.after(() => second.dispose());
  for (const queue of ['old-repositories', 'old-namespaces']) {
    await eventually(`what was put into ${queue} is done`, 15_000, async () => {
      return (await metric(second, 'deletes', queue)) === 1;
    });
    assert.equal(await metric(second, 'gets', queue, 'availability="acquired"'), 1, queue);
    assert.ok((await metric(second, 'gets', queue, 'availability="nonexistant"')) >= 1, queue);
  }
  await eventually('the export is taken', 15_000, async () => {
    return (await metric(second, 'gets', 'exports', 'availability="acquired"')) === 1;
  });
  for (const queue of ['notification', 'exportactionlogs', 'repositorygc', 'namespacegc']) {
    assert.equal(await metric(second, 'gets', queue), 0, queue);
  }
});
