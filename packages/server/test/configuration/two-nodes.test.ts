import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { eventually } from '#/testing/eventually.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';
import { openPanel } from '#/testing/superuser-panel.ts';
import { unprivilegedUser } from '#/testing/unprivileged-user.ts';

const run = promisify(execFile);

const titleOf = async (server: ServerProcess) => {
  const about = (await (await fetch(`${server.url}/config`)).json()) as {
    config: { REGISTRY_TITLE: string };
  };
  return about.config.REGISTRY_TITLE;
};

eachDatabaseUri('two nodes over one database', (create, dialect) => {
  if (dialect === 'sqlite') return;

  const nodes = async (
    t: { after(fn: () => Promise<void>): void },
    more: Readonly<Record<string, unknown>> = {},
  ) => {
    const uri = await create();
    const started: ServerProcess[] = [];
    t.after(async () => {
      for (const server of started) await server.dispose();
    });
    const root = scratchDirectory();
    const storage = { default: ['LocalStorage', { storage_path: join(root, 'storage') }] };
    const start = async (
      name: string,
      configuration: object | undefined,
      env: Record<string, string> = {},
      wrapper: readonly string[] = [],
    ) => {
      const dataDirectory = join(root, name);
      const server = await startServer({
        dataDirectory,
        wrapper,
        ...(configuration === undefined
          ? { nodeArguments: [] }
          : {
              configuration: {
                DB_URI: uri,
                DISTRIBUTED_STORAGE_CONFIG: storage,
                REGISTRY_TITLE: 'first',
                ...more,
              },
            }),
        env: {
          ...env,
          ...(configuration === undefined ? { QUAYCONFIG: join(dataDirectory, 'test-config') } : {}),
        },
      });
      started.push(server);
      return server;
    };
    const fileOf = (name: string, file = 'config.yaml') => join(root, name, 'test-config', file);
    return { start, fileOf, root };
  };

  test('one saves, the other takes over within 10 s, all its processes too, and keeps its own way to the database', async (t) => {
    const { start, fileOf } = await nodes(t);
    const one = await start('one', {}, { WORKER_COUNT: '1' });
    await initializeServer(one);
    const two = await start('two', {}, { WORKER_COUNT: '2' });
    await appendFile(fileOf('two'), '');
    const panel = await openPanel(one);
    const { config } = (await panel.call('GET', '/superuser/config')).json;
    const saved = await panel.call('PUT', '/superuser/config', {
      config: { ...config, REGISTRY_TITLE: 'second', V2_PAGINATION_SIZE: 33, REGISTRY_STATE: 'readonly' },
    });
    assert.equal(saved.status, 200, saved.text);
    assert.deepEqual(saved.json.restart, ['REGISTRY_STATE']);
    assert.equal(await titleOf(one), 'second');
    await eventually('the other node follows', 10_000, async () => {
      const titles = await Promise.all([1, 2, 3, 4, 5, 6].map(() => titleOf(two)));
      return titles.every((title) => title === 'second');
    });
    const text = await readFile(fileOf('two'), 'utf8');
    assert.match(text, /REGISTRY_STATE: "?readonly/);
    assert.match(text, /DATABASE_SECRET_KEY: /);
    const states = await eventually('both report', 10_000, async () => {
      const { nodes: found } = (await panel.call('GET', '/superuser/configuration')).json;
      const ready =
        found.length === 2 &&
        found.every(({ version }: { version: number }) => version === saved.json.version);
      return (
        ready && found.map(({ state, detail }: { state: string; detail: string }) => `${state} ${detail}`)
      );
    });
    assert.deepEqual(states, ['restart_needed REGISTRY_STATE', 'restart_needed REGISTRY_STATE']);

    assert.equal(await panel.sendFile('ldap.crt', 'a certificate'), 200);
    await eventually('files follow too', 10_000, async () => existsSync(fileOf('two', 'ldap.crt')));
    for (const server of [one, two]) assert.doesNotMatch(server.output(), /password1|2222222222222/);
  });

  test('who was away takes over at its start; what was changed by hand wins and becomes a version', async (t) => {
    const { start, fileOf } = await nodes(t);
    const one = await start('one', {});
    await initializeServer(one);
    const two = await start('two', {});
    await two.stop();
    const panel = await openPanel(one);
    const { config } = (await panel.call('GET', '/superuser/config')).json;
    await panel.call('PUT', '/superuser/config', { config: { ...config, REGISTRY_TITLE: 'while away' } });
    const again = await start('two', undefined);
    assert.equal(await titleOf(again), 'while away');
    await again.stop();
    const text = await readFile(fileOf('two'), 'utf8');
    await writeFile(fileOf('two'), text.replace(/^REGISTRY_TITLE: .*$/m, 'REGISTRY_TITLE: by hand # really'));
    const third = await start('two', undefined);
    assert.equal(await titleOf(third), 'by hand');
    await eventually('the other node follows', 10_000, async () => (await titleOf(one)) === 'by hand');
    assert.match(readFileSync(fileOf('one'), 'utf8'), /by hand/);
    const { versions } = (await panel.call('GET', '/superuser/configuration/versions')).json;
    assert.equal(versions[0].source, 'file');
  });

  test('a directory that cannot be written keeps its node as it is, which says so', async (t) => {
    const { start, fileOf, root } = await nodes(t);
    const one = await start('one', {});
    await initializeServer(one);
    const directory = dirname(fileOf('two'));
    // Root writes everywhere, so that this node runs as somebody else.
    const user = unprivilegedUser();
    const first = await start('two', {});
    await first.stop();
    if (user !== undefined) {
      await chmod(root, 0o755);
      await run('chown', ['-R', `${user.uid}:${user.gid}`, join(root, 'two'), join(root, 'storage')]);
    }
    await chmod(directory, 0o500);
    t.after(() => chmod(directory, 0o700));
    const as =
      user === undefined ? [] : ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
    const two = await start('two', undefined, {}, as);
    const panel = await openPanel(one);
    const { config } = (await panel.call('GET', '/superuser/config')).json;
    const change = { config: { ...config, REGISTRY_TITLE: 'second', MAIL_PASSWORD: 'typed-secret' } };
    const other = await openPanel(two);
    const refused = await other.call('PUT', '/superuser/config', change);
    assert.equal(refused.status, 400, refused.text);
    assert.match(refused.json.message, /cannot be written[\s\S]*REGISTRY_TITLE: "second"/);
    assert.doesNotMatch(refused.text, /typed-secret/);
    assert.equal((await panel.call('PUT', '/superuser/config', change)).status, 200);
    await eventually('the node says that it cannot', 10_000, async () => {
      const { nodes: found } = (await panel.call('GET', '/superuser/configuration')).json;
      return found.some(
        ({ state, detail }: { state: string; detail: string }) =>
          state === 'refused' && /cannot be written/.test(detail),
      );
    });
    assert.equal(await titleOf(two), 'first');
  });
});
