import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { commands } from '#/cli/commands/index.ts';
import { createProgram, runCli } from '#/cli/run-cli.ts';

let root = '';

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'wharf-cli-'));
});
after(async () => {
  await rm(root, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ exitCode: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const exitCode = await runCli(args, '1.2.3', {
    writeOut: (text) => {
      out += text;
    },
    writeErr: (text) => {
      err += text;
    },
  });
  return { exitCode, out, err };
}

async function place(name: string, source: string): Promise<string[]> {
  const directory = join(root, name);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'config.yaml'), source);
  return ['--config', directory, '--data', join(root, `${name}-data`)];
}

const keys = 'SECRET_KEY: "11"\nDATABASE_SECRET_KEY: "12"\nFEATURE_MAILING: false\n';

describe('usage', () => {
  const cases: readonly (readonly [args: readonly string[], exitCode: number, out: RegExp, err: RegExp])[] = [
    [['--help'], 0, /Usage: wharf .*Examples:.*Exit codes:/s, /^$/],
    [['help', 'serve'], 0, /Usage: wharf serve/, /^$/],
    [['--version'], 0, /^1\.2\.3\n$/, /^$/],
    [[], 2, /^$/, /Usage: wharf/],
    [['srve'], 2, /^$/, /unknown command 'srve'.*serve/s],
    [['serve', '--lisen', 'a:1'], 2, /^$/, /unknown option '--lisen'.*--listen/s],
    [['serve', 'everything'], 2, /^$/, /too many arguments/],
    [['serve', '--listen'], 2, /^$/, /argument missing/],
    [['serve', '--listen', '8080'], 2, /^$/, /^wharf: --listen takes HOST:PORT.*"8080"\n$/],
    [['serve', '--metrics-listen', 'x'], 2, /^$/, /^wharf: --metrics-listen takes/],
    [['serve', '--listen-tls', '8443'], 2, /^$/, /^wharf: --listen-tls takes HOST:PORT/],
    [['serve', '--listen-tls-proxy', '[::1]'], 2, /^$/, /^wharf: --listen-tls-proxy takes HOST:PORT/],
    [
      ['serve', '--only', 'registry,webb'],
      2,
      /^$/,
      /^wharf: --only knows registry, api, workers, not "webb"/,
    ],
  ];
  for (const [args, exitCode, out, err] of cases) {
    test(`wharf ${args.join(' ')}`, async () => {
      const result = await run(...args);
      assert.equal(result.exitCode, exitCode);
      assert.match(result.out, out);
      assert.match(result.err, err);
    });
  }
});

test('every command, nested ones too, explains itself and offers JSON and both directories', () => {
  const program = createProgram('1.2.3', { writeOut: () => {}, writeErr: () => {} });
  assert.ok(commands.length >= 3);
  const leaves = (command: typeof program): (typeof program)[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
  for (const command of leaves(program)) {
    const options = command.options.map(({ long }) => long);
    for (const option of ['--json', '--data', '--config'])
      assert.ok(options.includes(option), `${command.name()} ${option}`);
    assert.notEqual(command.description(), '', command.name());
  }
});

describe('check-config', () => {
  test('prints all problems for people and exits 1', async () => {
    const where = await place(
      'people',
      `${keys}PROXY_COUNT: x\nV2_PAGINATION_SIZE: 0\nfoo: 1\nAVATAR_KIND: local\n`,
    );
    const { exitCode, out, err } = await run('check-config', ...where);
    assert.equal(exitCode, 1);
    assert.equal(err, '');
    assert.deepEqual(
      out.split('\n').map((line) => line.split(':')[0]),
      [
        'error    PROXY_COUNT = "x"',
        'error    V2_PAGINATION_SIZE = 0',
        'warning  foo',
        'note     AVATAR_KIND',
        join(root, 'people'),
        '',
      ],
    );
    assert.match(out, /2 errors, 1 warning, 1 note\n$/);
  });

  test('prints them for programs', async () => {
    const where = await place('programs', `${keys}PROXY_COUNT: x\n`);
    const { exitCode, out } = await run('check-config', ...where, '--json');
    assert.equal(exitCode, 1);
    assert.deepEqual(JSON.parse(out), {
      valid: false,
      directory: join(root, 'programs'),
      fileFound: true,
      problems: [
        {
          severity: 'error',
          key: 'PROXY_COUNT',
          value: '"x"',
          expected: 'a whole number from 0 to 16',
          message: 'has a wrong value',
        },
      ],
    });
  });

  test('exits 0 without errors', async () => {
    const { exitCode, out } = await run('check-config', ...(await place('fine', keys)));
    assert.deepEqual([exitCode, out], [0, `${join(root, 'fine')}: no errors\n`]);
  });

  test('a missing file in a given directory is an error', async () => {
    const { exitCode, out } = await run('check-config', '--config', join(root, 'nowhere'));
    assert.equal(exitCode, 1);
    assert.match(out, /does not exist in the given directory/);
  });

  test('before the first start nothing is wrong and nothing is written', async () => {
    const data = join(root, 'untouched');
    const { exitCode, out } = await run('check-config', '--data', data);
    assert.equal(exitCode, 0);
    assert.match(out, /the first start writes/);
    await assert.rejects(readdir(data), { code: 'ENOENT' });
  });
});

describe('migrate', () => {
  test('brings a database up to date; --check tells before and after', async () => {
    const where = await place('migrate', keys);
    const before = await run('migrate', '--check', '--json', ...where);
    assert.equal(before.exitCode, 1);
    const { pending } = JSON.parse(before.out);
    assert.ok(pending.length > 0);
    const done = await run('migrate', '--json', ...where);
    assert.deepEqual([done.exitCode, JSON.parse(done.out)], [0, { migrated: pending }]);
    const afterwards = await run('migrate', '--check', ...where);
    assert.deepEqual([afterwards.exitCode, afterwards.out], [0, 'The schema is up to date.\n']);
    const again = await run('migrate', ...where);
    assert.deepEqual([again.exitCode, again.out], [0, 'The schema is up to date.\n']);
  });

  test('an unreachable database exits 4 without its password', async () => {
    const uri = 'postgresql://wharf:hunter2@127.0.0.1:1/wharf';
    const { exitCode, err } = await run(
      'migrate',
      ...(await place('unreachable', `${keys}DB_URI: ${uri}\n`)),
    );
    assert.equal(exitCode, 4);
    assert.match(err, /^wharf: .*check DB_URI/);
    assert.ok(!err.includes('hunter2'));
    assert.equal(err.trim().split('\n').length, 1);
  });

  test('a wrong configuration exits 3 with the whole report and no secret', async () => {
    const source = `${keys}DB_URI: mysql//u:hunter2@h/d\nPROXY_COUNT: x\nBUILDLOGS_REDIS: {password: hunter2}\n`;
    const { exitCode, out, err } = await run('migrate', ...(await place('wrong', source)));
    assert.deepEqual([exitCode, out], [3, '']);
    for (const part of ['DB_URI', 'PROXY_COUNT', 'BUILDLOGS_REDIS.host', 'IGNORE_VALIDATION']) {
      assert.ok(err.includes(part), part);
    }
    assert.ok(!err.includes('hunter2'));
  });
});
