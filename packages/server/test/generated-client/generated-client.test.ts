import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import { initializeServer, startServer } from '#/testing/server-process.ts';

const execute = promisify(execFile);
const longestMs = 300_000;

/** The programs that turn a description into Go code, and that into a program. */
const tools = ['swagger', 'go'] as const;

test('a Go client that is generated from /api/v1/discovery works', {
  ...needsPrograms(...tools),
}, async (t) => {
  const [swagger = '', go = ''] = tools.map(findProgram);
  const folder = await mkdtemp(join(tmpdir(), 'wharf-generated-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const server = await startServer();
  t.after(() => server.dispose());
  const { access_token: token } = await initializeServer(server);

  // Operations for the interface of people too, so that the generator meets all of them.
  const answer = await fetch(`${server.url}/api/v1/discovery?internal=true`);
  const document = join(folder, 'discovery.json');
  await writeFile(document, await answer.text());
  await cp(join(import.meta.dirname, 'program'), folder, { recursive: true });
  const run = async (program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    await execute(program, words, {
      cwd: folder,
      timeout: longestMs,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...env },
    });
  await run(swagger, [
    'generate',
    'client',
    '--quiet',
    '--spec',
    document,
    '--name',
    'wharf',
    '--target',
    folder,
  ]);
  await run(go, ['build', '-trimpath', '-o', 'caller', '.']);
  const { stdout } = await run(join(folder, 'caller'), [], { WHARF_HOST: server.host, WHARF_TOKEN: token });

  const { token: robotToken, missing, ...seen } = JSON.parse(stdout);
  assert.deepEqual(seen, {
    user: 'admin',
    made: 'Created',
    organization: 'acme',
    robot: 'acme+builder',
    team: 'readers',
    repository: 'app',
    tags: [],
    more: false,
    gone: 204,
    refused: 401,
  });
  assert.match(robotToken, /^[A-Z0-9]{64}$/);
  assert.match(missing, /\S/);
});
