import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '#/testing/eventually.ts';
import { readMetric } from '#/testing/process-fixture.ts';
import { initializeServer, startServer } from '#/testing/server-process.ts';

const workers = [
  'log-rotation',
  'log-export',
  'log-export-cleanup',
  'repository-action-counts',
  'queue-depth',
];

test('a server runs the workers of the action log and exports it', async (t) => {
  const server = await startServer({
    configuration: {
      STAGGER_WORKERS: false,
      FEATURE_ACTION_LOG_ROTATION: true,
      EXPORT_ACTION_LOGS_WORKER_POLL_PERIOD: 1,
      EXPORT_ACTION_LOGS_STORAGE_PATH: 'exports',
    },
  });
  t.after(() => server.dispose());
  const { access_token: token } = await initializeServer(server);
  for (const worker of workers) {
    await eventually(`${worker} has run`, 10_000, async () => {
      const labels = [`worker="${worker}"`, 'result="success"'];
      return (await readMetric(server, 'wharf_worker_runs_total', ...labels)) >= 1;
    });
  }

  const asked = await fetch(`${server.url}/api/v1/user/exportlogs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ callback_email: 'admin@example.com' }),
  });
  assert.equal(asked.status, 200);
  const { export_id: id } = (await asked.json()) as { export_id: string };
  const folder = join(server.dataDirectory, 'storage', 'exports');
  const name = await eventually('the export is in the store', 10_000, async () => {
    const names = await readdir(folder).catch(() => []);
    return names.find((found) => found.startsWith(`${id}-`));
  });
  const text = await readFile(join(folder, name), 'utf8');
  const { export_id: exported, logs } = JSON.parse(text) as { export_id: string; logs: { kind?: string }[] };
  assert.equal(exported, id);
  assert.ok(logs.length > 1);
  assert.deepEqual(logs.at(-1), { terminator: true });
});
