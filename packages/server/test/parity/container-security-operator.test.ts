import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createPushClient } from '#/testing/push-client.ts';
import { makePushImage, type PushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { avatar, dropInServer, problem, stepsAt } from './drop-in.ts';

/** What the container-security-operator asks for each running image: where the scan's result is, then the result, with the pull secret. */
describe('the images of a cluster are looked up', () => {
  const { server, token, step } = dropInServer({ FEATURE_SECURITY_SCANNER: true });
  const image: PushImage = makePushImage(randomLayers(createRandom('cluster'), 1, 100), 'cluster');
  before(async () => {
    const client = createPushClient({ server: server(), repository: 'admin/app' });
    await client.pushImage(image, 'v1', 'docker');
    client.close();
  });
  const basic = (name: string, password: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` },
  });
  const nobody = stepsAt(() => server().url);
  const queued = { status: 200, body: { status: 'queued', data: null } };
  let template = '';
  const locate = (namespace: string, name: string, digest: string): string =>
    template.replace('{namespace}', namespace).replace('{reponame}', name).replace('{digest}', digest) +
    '?features=true&vulnerabilities=true';

  test('the capabilities tell where to ask', async () => {
    const base = server().url;
    const { json } = await nobody('GET', '/.well-known/app-capabilities', {
      status: 200,
      body: {
        appName: 'io.quay',
        capabilities: {
          'io.quay.view-image': { 'url-template': `${base}/{namespace}/{reponame}:{tag}` },
          'io.quay.image-security': {
            'rest-api-template': `${base}/api/v1/repository/{namespace}/{reponame}/image/{imageid}/security`,
          },
          'io.quay.manifest-security': {
            'rest-api-template': `${base}/api/v1/repository/{namespace}/{reponame}/manifest/{digest}/security`,
          },
        },
      },
    });
    template = json.capabilities['io.quay.manifest-security']['rest-api-template'].slice(base.length);
  });

  test('a pull secret of any kind sees the result of its images', async () => {
    const path = locate('admin', 'app', image.digest);
    const robot = await step(
      'PUT',
      '/api/v1/user/robots/cluster',
      {
        status: 201,
        body: {
          name: 'admin+cluster',
          created: /-0000$/,
          last_accessed: null,
          description: '',
          token: /./,
          unstructured_metadata: {},
        },
      },
      { body: {} },
    );
    await nobody('GET', path, problem(403, 'insufficient_scope'), basic('admin+cluster', robot.json.token));
    await step(
      'PUT',
      '/api/v1/repository/admin/app/permissions/user/admin+cluster',
      {
        status: 200,
        body: {
          role: 'read',
          name: 'admin+cluster',
          is_robot: true,
          avatar: avatar('robot', 'admin+cluster'),
        },
      },
      { body: { role: 'read' } },
    );
    for (const [name, password] of [
      ['admin+cluster', robot.json.token],
      ['admin', 'password1'],
      ['$oauthtoken', token()],
    ]) {
      await nobody('GET', path, queued, basic(name, password));
    }
    await step('GET', path, queued);
    await nobody('GET', path, problem(401, 'invalid_token'));
    const missing = image.digest.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const gone = locate('admin', 'app', missing);
    await nobody(
      'GET',
      gone,
      problem(404, 'not_found', { digest: missing }),
      basic('admin+cluster', robot.json.token),
    );
  });

  test('images that anybody may pull need no secret', async () => {
    await step(
      'POST',
      '/api/v1/repository/admin/app/changevisibility',
      { status: 200, body: { success: true } },
      { body: { visibility: 'public' } },
    );
    await nobody('GET', locate('admin', 'app', image.digest), queued);
    const answer = await nobody('GET', locate('admin', 'none', image.digest), problem(401, 'invalid_token'));
    assert.equal(answer.headers['www-authenticate'], undefined);
  });
});
