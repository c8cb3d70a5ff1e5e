import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { eventually } from '#/testing/eventually.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, startServer } from '#/testing/server-process.ts';

const run = promisify(execFile);
const main = fileURLToPath(import.meta.resolve('#/main.ts'));

test('versions are shown, compared and rolled back from the command line, and a running server follows', async (t) => {
  const dataDirectory = join(scratchDirectory(), 'data');
  const directory = join(dataDirectory, 'test-config');
  const file = join(directory, 'config.yaml');
  const config = async (...args: readonly string[]) => {
    const all = [main, 'config', ...args, '--data', dataDirectory, '--config', directory];
    const { stdout } = await run(process.execPath, all, { timeout: 60_000 });
    return stdout;
  };
  const first = await startServer({
    dataDirectory,
    configuration: { REGISTRY_TITLE: 'one', MAIL_PASSWORD: 'first-secret' },
  });
  await initializeServer(first);
  await first.stop();
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace('REGISTRY_TITLE: one', 'REGISTRY_TITLE: two').replace('first-', 'second-'),
  );
  const server = await startServer({ dataDirectory, env: { QUAYCONFIG: directory } });
  t.after(() => server.dispose());

  const shown = await config('show');
  assert.match(shown, /version 2\n[\s\S]*REGISTRY_TITLE: "two"\nMAIL_PASSWORD: "\*\*\*"/);
  const diff = await config('diff', '2');
  assert.match(diff, /- REGISTRY_TITLE: "one"\n\+ REGISTRY_TITLE: "two"/);
  const { changes } = JSON.parse(await config('diff', '1', '2', '--json'));
  assert.deepEqual(
    changes.map(({ name }: { name: string }) => name),
    ['MAIL_PASSWORD', 'REGISTRY_TITLE'],
  );
  assert.match(await config('rollback', '1'), /Version 3 says what version 1 said/);
  await eventually('the server follows', 15_000, async () => {
    const about = await (await fetch(`${server.url}/config`)).json();
    return (about as { config: { REGISTRY_TITLE: string } }).config.REGISTRY_TITLE === 'one';
  });
  assert.match(await readFile(file, 'utf8'), /first-secret/);
  const history = await config('history');
  assert.match(history, /^3 .*rollback/m);
  assert.doesNotMatch(shown + diff + history + server.output(), /first-secret|second-secret/);
  await assert.rejects(config('diff', '99'), /does not exist/);
  await assert.rejects(config('rollback', 'x'), /must be a number/);
});
