import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runCli } from '#/cli/run-cli.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { startRedis } from '#/testing/redis.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';

async function run(keys: Readonly<Record<string, unknown>>, ...more: readonly string[]) {
  const data = scratchDirectory();
  const config = await writeTestConfiguration(data, keys);
  let out = '';
  const add = (text: string): void => {
    out += text;
  };
  const code = await runCli(['check-config', '--data', data, '--config', config, ...more], 'test', {
    writeOut: add,
    writeErr: add,
  });
  return { code, out };
}

describe('wharf check-config --live', needsPrograms('redis-server'), () => {
  test('a line for each service, exit code 1 when one does not work, no secret', async () => {
    const redis = await startRedis();
    const working = { BUILDLOGS_REDIS: { host: '127.0.0.1', port: redis.port, password: 'secret-of-redis' } };
    const { BUILDLOGS_REDIS: connection } = working;
    const good = await run({ BUILDLOGS_REDIS: { host: connection.host, port: connection.port } }, '--live');
    assert.equal(good.code, 0, good.out);
    for (const service of ['database', 'redis', 'registry-storage', 'time-machine', 'access']) {
      assert.match(good.out, new RegExp(`^ok       ${service}$`, 'm'));
    }
    assert.doesNotMatch(good.out, /ldap|mail|signer/);
    await redis.stop();
    const bad = await run(working, '--live');
    assert.equal(bad.code, 1);
    assert.match(bad.out, /^failed {3}redis: BUILDLOGS_REDIS: Redis at 127\.0\.0\.1:\d+ does not answer/m);
    assert.match(bad.out, /^ok {7}database$/m);
    assert.doesNotMatch(bad.out, /secret-of-redis/);
    const asJson = await run(working, '--live', '--json');
    const found = JSON.parse(asJson.out).live.find(({ service }: { service: string }) => service === 'redis');
    assert.match(found.reason, /does not answer/);
    assert.equal((await run(working)).code, 0, 'without --live nothing is connected to');
  });

  test('a configuration with errors is not tried', async () => {
    const { code, out } = await run({ SERVER_HOSTNAME: 'http://x' }, '--live');
    assert.equal(code, 1);
    assert.doesNotMatch(out, /^ok /m);
  });
});
