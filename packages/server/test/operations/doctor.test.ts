import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Finding } from '#/compose/doctor/finding.ts';
import { runDoctor } from '#/compose/doctor/run-doctor.ts';
import { manualClock } from '#/platform/clock.ts';
import type { DatabaseServer } from '#/testing/database-server.ts';
import { freePort } from '#/testing/free-port.ts';
import { startLocalServer } from '#/testing/local-server.ts';
import { startPostgresql } from '#/testing/postgresql.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { type ServerProcess, startServer } from '#/testing/server-process.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';

const mainFile = resolve(import.meta.dirname, '../../src/main.ts');

/** As an operator runs it, beside the server. */
function runProgram(data: string, config: string): Promise<{ code: number; out: string }> {
  const args = [mainFile, 'doctor', '--data', data, '--config', config];
  return new Promise((done) => {
    execFile(process.execPath, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), out: stdout + stderr });
    });
  });
}

function expect(found: readonly Finding[], check: string, status: string, expected: RegExp): void {
  const one = found.find((finding) => finding.check === check && finding.status === status);
  assert.ok(one, JSON.stringify(found, null, 1));
  assert.match(one.message, expected);
}

describe('wharf doctor beside a server', () => {
  const data = scratchDirectory();
  const [config] = [`${data}/test-config`];
  let server: ServerProcess;
  let port: number;
  before(async () => {
    port = await freePort();
    server = await startServer({
      dataDirectory: data,
      port,
      configuration: { SERVER_HOSTNAME: `127.0.0.1:${port}` },
    });
  });
  after(() => server.dispose());
  const examine = async (keys: Readonly<Record<string, unknown>> = {}, from = data) => {
    const directory = await writeTestConfiguration(from === data ? scratchDirectory() : from, {
      SERVER_HOSTNAME: `127.0.0.1:${port}`,
      DB_URI: `sqlite:///${data}/wharf.db`,
      DISTRIBUTED_STORAGE_CONFIG: { default: ['LocalStorage', { storage_path: `${data}/storage` }] },
      ...keys,
    });
    return await runDoctor({ directory, dataDirectory: from });
  };

  test('everything is well while it runs', async () => {
    const { code, out } = await runProgram(data, config);
    assert.equal(code, 0, out);
    assert.match(out, /^ok {7}address answer: A registry answers at http:\/\/127\.0\.0\.1:\d+, and sends/m);
    assert.match(out, /^ok {7}address identity: It is this registry/m);
    assert.match(out, /^0 failed, 0 warnings, \d+ ok$/m);
  });

  test('it sends clients to another address than the configuration says', async () => {
    const found = await examine({ SERVER_HOSTNAME: `localhost:${port}` });
    expect(
      found,
      'address answer',
      'failed',
      /sends clients to http:\/\/127\.0\.0\.1:\d+\/v2\/auth for tokens/,
    );
  });

  test('another registry answers', async (t) => {
    const other = scratchDirectory();
    const stranger = await startServer({ dataDirectory: other, configuration: {} });
    t.after(() => stranger.dispose());
    const found = await examine({ SERVER_HOSTNAME: stranger.host });
    expect(found, 'address identity', 'failed', /^Another registry answers/);
  });

  test('what answers is no registry, or cannot be told', async (t) => {
    const web = await startLocalServer(t, () => ({ body: 'hello' }));
    const found = await examine({ SERVER_HOSTNAME: new URL(web.url).host });
    expect(found, 'address answer', 'failed', /is no registry/);
    expect(await examine({}, scratchDirectory()), 'address identity', 'warning', /no instance key/);
  });

  test('TLS that is not spoken there', async () => {
    const found = await examine({ PREFERRED_URL_SCHEME: 'https', EXTERNAL_TLS_TERMINATION: true });
    expect(found, 'address answer', 'failed', /does not speak TLS/);
  });

  test('its clock is another one', async () => {
    const found = await runDoctor(
      { directory: config, dataDirectory: data },
      manualClock(Date.now() + 300_000),
    );
    expect(found, 'clock', 'failed', /what answers there and that of this machine differ by (299|30\d) s/);
  });

  test('after it stopped, only the address is a warning', async () => {
    await server.stop();
    const { code, out } = await runProgram(data, config);
    assert.equal(code, 0, out);
    assert.match(out, /^ok {7}database: SQLite/m);
    assert.match(
      out,
      /^warning {2}address answer: .*nothing listens there: check host and port\.\n {9}-> .*start it/m,
    );
    assert.match(out, /^0 failed, 1 warnings/m);
  });
});

describe('wharf doctor on PostgreSQL', () => {
  let postgresql: DatabaseServer;
  before(async () => {
    postgresql = await startPostgresql();
  });
  after(() => postgresql.stop());

  test('version, settings that lose data, and a clock that is another one', async () => {
    const data = scratchDirectory();
    const directory = await writeTestConfiguration(data, { DB_URI: postgresql.uri });
    const found = await runDoctor({ directory, dataDirectory: data });
    expect(found, 'database', 'ok', /^PostgreSQL \d+\.\d+ answers\.$/);
    expect(found, 'database schema', 'warning', /lacks \d+ migrations/);
    expect(found, 'database durability', 'warning', /fsync=off/);
    expect(found, 'clock', 'ok', /(behind|ahead of) the database/);
    for (const [driftMs, status] of [
      [10_000, 'warning'],
      [120_000, 'failed'],
    ] as const) {
      const clock = manualClock(Date.now() + driftMs);
      const drifted = await runDoctor({ directory, dataDirectory: data }, clock);
      expect(drifted, 'clock', status, /s ahead of the database/);
    }
    const wrong = await writeTestConfiguration(scratchDirectory(), {
      DB_URI: postgresql.uri.replace(/\/[^/]*$/, '/no_such_database'),
    });
    const refused = await runDoctor({ directory: wrong, dataDirectory: data });
    expect(refused, 'database', 'failed', /no_such_database/);
  });
});
