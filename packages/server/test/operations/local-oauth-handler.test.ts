import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectConfiguration } from '#/config/load-configuration.ts';
import type { Problem } from '#/config/problem.ts';
import { loginRoutes } from '#/login/routes.ts';
import { fileRoutes } from '#/ops/files/file-routes.ts';
import { healthRoutes } from '#/ops/health/health-routes.ts';
import { instanceRoutes } from '#/ops/instance/instance-routes.ts';
import { serviceKeyRoutes } from '#/ops/service-keys/service-key-routes.ts';
import { registryRoutes } from '#/registry/routes.ts';
import { openOauth } from '#/testing/oauth-fixture.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const key = 'LOCAL_OAUTH_HANDLER';

async function problemsOf(value: unknown): Promise<readonly Problem[]> {
  const home = scratchDirectory();
  const directory = join(home, 'config');
  await mkdir(directory);
  await writeFile(
    join(directory, 'config.yaml'),
    `SECRET_KEY: "11"\nDATABASE_SECRET_KEY: "12"\nFEATURE_MAILING: false\n${key}: ${JSON.stringify(value)}\n`,
  );
  const report = await inspectConfiguration({ directory, dataDirectory: join(home, 'data'), env: {} });
  return report.problems;
}

test('paths of a page are accepted', async () => {
  for (const path of ['/oauth/localapp', '/tokens', '/a/b-c_d~e.f/9', '/oauth/authorized', '/apiary']) {
    assert.deepEqual(await problemsOf(path), [], path);
  }
});

test('anything else is one problem that says what would do', async () => {
  const values: readonly unknown[] = [
    '',
    '/',
    'oauth/localapp',
    '//evil.example/x',
    'https://evil.example/x',
    '/oauth/localapp/',
    '/oauth//localapp',
    '/oauth/../localapp',
    '/./x',
    '/.hidden',
    '/oauth/:name',
    '/oauth/*',
    '/oauth/(x)',
    '/oauth/localapp?x=1',
    '/oauth/localapp#x',
    '/oauth/local app',
    '/oauth/local%61pp',
    '/oauth\\localapp',
    '/oauth/localapp\n',
    '/x; script-src *',
    '/ö',
    `/${'a'.repeat(255)}`,
    '/api/v1/page',
    '/oauth/authorize/page',
    true,
    ['/oauth/localapp'],
  ];
  for (const value of values) {
    const problems = await problemsOf(value);
    assert.deepEqual(
      problems.map((problem) => problem.key),
      [key],
      JSON.stringify(value),
    );
    assert.match(problems[0]?.expected ?? '', /a path such as \/oauth\/localapp/);
  }
});

test('no path of the registry itself is accepted', async () => {
  const routes = [
    ...loginRoutes,
    ...registryRoutes,
    ...healthRoutes,
    ...instanceRoutes,
    ...fileRoutes,
    ...serviceKeyRoutes,
  ];
  const paths = new Set(routes.map(({ url }) => url.replaceAll(/:\w+/g, 'x')));
  assert.ok(paths.has('/signin') && paths.has('/oauth/denyapp'));
  for (const path of paths) assert.equal((await problemsOf(path)).length, 1, path);
});

test('the page is served at its path', async (t) => {
  const { browserOf, api, authorizePath } = await openOauth(t, { configuration: { [key]: '/tokens/mine' } });
  const ann = await browserOf('ann');
  assert.match((await ann.get('/tokens/mine')).text, /cancelled/);
  assert.equal((await ann.get('/oauth/localapp')).status, 404);
  const redirectUri = `${api.url}/tokens/mine`;
  assert.equal((await ann.get(authorizePath({ redirect_uri: redirectUri }))).status, 200);
});
