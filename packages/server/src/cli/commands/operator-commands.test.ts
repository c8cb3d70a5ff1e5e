import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runCli } from '#/cli/run-cli.ts';
import { openServices } from '#/compose.ts';
import { getRepositoryAccess } from '#/domain/permissions/index.ts';
import { findRepository } from '#/domain/repositories/index.ts';
import { verifyAppToken, verifyRobotToken } from '#/domain/tokens/index.ts';
import { silentLogger } from '#/platform/logger.ts';

let directory = '';

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wharf-cli-'));
});
after(() => rm(directory, { recursive: true, force: true }));

async function wharf(line: string): Promise<{ exitCode: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const exitCode = await runCli([...line.split(' '), '--data', directory], '0.0.0', {
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  return { exitCode, out, err };
}

async function json(line: string): Promise<Record<string, unknown>> {
  const { exitCode, out, err } = await wharf(`${line} --json`);
  assert.equal(exitCode, 0, err);
  return JSON.parse(out);
}

/** With a real standard input. */
function wharfWithInput(args: readonly string[], input: string): Promise<{ exitCode: number; err: string }> {
  const main = join(import.meta.dirname, '../../main.ts');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args, '--data', directory],
      { timeout: 60_000 },
      (error, _out, err) => resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, err }),
    );
    child.stdin?.end(input);
  });
}

describe('operator commands', () => {
  test('set up users, an organization, a robot, a repository and their rights', async () => {
    assert.equal((await json('user create alice --email alice@example.com --superuser')).superuser, true);
    for (const line of [
      'user create bob',
      'org create acme --owner alice',
      'org team create acme developers --role member',
      'org team add acme developers bob',
      'repo create acme/app',
      'permission set acme/app --team developers --role write',
    ]) {
      const { exitCode, err } = await wharf(line);
      assert.equal(exitCode, 0, `${line}: ${err}`);
    }
    const robot = await json('robot create acme+ci');
    await json('permission set acme/app --robot acme+ci --role read');
    const token = await json('token create --user bob --title laptop --days 7');

    const { services, close } = await openServices(
      { dataDirectory: directory, configDirectory: undefined },
      { logger: silentLogger() },
    );
    try {
      const repository = await findRepository(services.database.read, 'acme', 'app');
      assert.ok(repository);
      const ci = await verifyRobotToken(services, 'acme+ci', String(robot.token));
      assert.equal(await getRepositoryAccess(services, ci, repository), 'read');
      const bob = await verifyAppToken(services, String(token.token));
      assert.equal(await getRepositoryAccess(services, bob, repository), 'write');
    } finally {
      await close();
    }

    assert.deepEqual((await json('org team list acme')).teams, [
      { name: 'owners', role: 'admin', description: '', members: ['alice'] },
      { name: 'developers', role: 'member', description: '', members: ['bob'] },
    ]);
    assert.deepEqual((await json('permission list acme/app')).permissions, [
      { kind: 'robot', name: 'acme+ci', role: 'read' },
      { kind: 'team', name: 'developers', role: 'write' },
    ]);
    assert.deepEqual((await json('repo list --namespace acme')).repositories, [
      { namespace: 'acme', name: 'app', visibility: 'private', kind: 'image', state: 'NORMAL' },
    ]);
    assert.equal((await json('repo set-visibility acme/app public')).visibility, 'public');
  });

  test('default permissions reach new repositories', async () => {
    await json('user create erin');
    await json('org create tools --owner erin');
    await json('org team create tools readers');
    const added = await json('org default-permission add tools --team readers --role read');
    await json('org default-permission add tools --user erin --role write --creator erin');
    const { default_permissions: listed } = await json('org default-permission list tools');
    assert.deepEqual(Array.isArray(listed) && listed[0], added);
    await json('repo create tools/cli --creator erin');
    assert.deepEqual((await json('permission list tools/cli')).permissions, [
      { kind: 'user', name: 'erin', role: 'admin' },
      { kind: 'team', name: 'readers', role: 'read' },
    ]);
    assert.equal(
      (await json(`org default-permission set-role tools ${added.uuid} --role write`)).role,
      'write',
    );
    await json(`org default-permission remove tools ${added.uuid}`);
    assert.equal((await wharf(`org default-permission remove tools ${added.uuid}`)).exitCode, 1);
  });

  test('tokens can be printed alone, listed without text and revoked', async () => {
    await json('user create carol');
    const { out } = await wharf('token create --user carol --title laptop');
    assert.match(out, /^[A-Z0-9]{120}\n$/);
    const listed = await wharf('token list --user carol --json');
    assert.ok(!listed.out.includes(out.trim().slice(0, 60)));
    const [{ uuid }] = JSON.parse(listed.out).tokens;
    assert.equal((await wharf(`token revoke ${uuid} --user carol`)).exitCode, 0);
    assert.equal((await wharf(`token revoke ${uuid} --user carol`)).exitCode, 1);
    const created = await wharf('robot create carol+ci');
    assert.match(created.out, /^[A-Z0-9]{64}\n$/);
    assert.equal((await wharf('robot token carol+ci')).out, created.out);
    assert.notEqual((await wharf('robot regenerate carol+ci')).out, created.out);
    assert.ok(!(await wharf('robot list carol --json')).out.includes('token'));
  });

  test('a password comes from standard input only', async () => {
    const args = ['user', 'create', 'dave', '--password-stdin'];
    const short = await wharfWithInput(args, 'short\n');
    assert.equal(short.exitCode, 1);
    assert.match(short.err, /at least 8 characters/);
    assert.equal((await wharfWithInput(args, '\n')).exitCode, 2);
    assert.equal((await wharfWithInput(args, 'correct-horse\n')).exitCode, 0);
    assert.equal((await json('user show dave')).has_password, true);
    const { exitCode, err } = await wharf('user set-password dave');
    assert.equal(exitCode, 2);
    assert.match(err, /--password-stdin/);
  });

  for (const [line, exitCode, message] of [
    ['user create Alice', 1, /lower-case/],
    ['user show nobody', 1, /no user "nobody"/],
    ['user create', 2, /missing required argument/],
    ['user list --limit 0', 2, /--limit/],
    ['org create new', 2, /--owner/],
    ['org show nobody', 1, /no organization/],
    ['robot create ci', 2, /NAMESPACE\+NAME/],
    ['robot token nobody+ci', 1, /no user or organization/],
    ['repo create nobody/app', 1, /no user or organization/],
    ['repo create some/app --visibility hidden', 2, /private, public/],
    ['permission set some/app --role read', 2, /exactly one/],
    ['permission set some/app --user a --team b --role read', 2, /exactly one/],
    ['permission list nobody/app', 1, /no repository/],
    ['token create --user nobody --title x', 1, /no user/],
  ] as const) {
    test(`"wharf ${line}" exits ${exitCode}`, async () => {
      const result = await wharf(line);
      assert.equal(result.exitCode, exitCode);
      assert.match(result.err, message);
    });
  }
});
