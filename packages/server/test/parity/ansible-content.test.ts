import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createPushClient } from '#/testing/push-client.ts';
import { makePushImage, type PushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { avatar, date, dropInServer, isEpochSeconds, problem, robotToken } from './drop-in.ts';
import { csrfToken, scriptedSession, signedIn } from './scripted-session.ts';

const api = '/api/v1';

/** What playbooks do with content and applications, and with the account that they run as; all in a session. */
describe('a playbook looks after content', () => {
  const { server } = dropInServer();
  const { step } = scriptedSession(() => server().url);
  const random = createRandom('tools');
  const [one, two] = ['one', 'two'].map((name) => makePushImage(randomLayers(random, 1, 300), name)) as [
    PushImage,
    PushImage,
  ];
  const path = `${api}/repository/ops/tools`;
  const sizeOf = (image: PushImage): number =>
    image.blobs.slice(0, -1).reduce((sum, { bytes }) => sum + bytes.length, 0);
  const tag = (name: string, image: PushImage) => ({
    name,
    reversion: false,
    start_ts: isEpochSeconds,
    manifest_digest: image.digest,
    is_manifest_list: false,
    size: sizeOf(image),
    docker_image_id: image.digest.slice('sha256:'.length),
    image_id: image.digest.slice('sha256:'.length),
    last_modified: date,
  });
  const list = (...tags: readonly unknown[]) => ({
    status: 200,
    body: { tags, page: 1, has_additional: false },
  });
  const updated = { status: 201, body: 'Updated' };

  before(async () => {
    await step('GET', '/csrf_token', { status: 200, body: { csrf_token: csrfToken } });
    const body = { username: 'admin', password: 'password1' };
    await step('POST', `${api}/signin`, signedIn, { body });
    await step('POST', `${api}/organization/`, { status: 201, body: 'Created' }, { body: { name: 'ops' } });
    const client = createPushClient({ server: server(), repository: 'ops/tools' });
    await client.pushImage(one, 'v1', 'docker');
    await client.pushImage(two, 'v2', 'docker');
    client.close();
  });

  test('a tag is made, moved, limited, deleted and restored', async () => {
    const stable = `${path}/tag/stable`;
    await step('PUT', stable, updated, { body: { manifest_digest: one.digest } });
    await step('GET', `${path}/tag/?specificTag=stable`, list(tag('stable', one)));
    await step('PUT', stable, updated, { body: { manifest_digest: two.digest } });
    const ended = (image: PushImage) => ({
      ...tag('stable', image),
      end_ts: isEpochSeconds,
      expiration: date,
    });
    await step('GET', `${path}/tag/?specificTag=stable`, list(tag('stable', two), ended(one)));
    const end = Math.floor(Date.now() / 1000) + 3 * 86_400;
    await step('PUT', stable, updated, { body: { expiration: end } });
    await step(
      'GET',
      `${path}/tag/?specificTag=stable&onlyActiveTags=true`,
      list({ ...tag('stable', two), end_ts: end, expiration: date }),
    );
    await step('PUT', stable, updated, { body: { expiration: null } });
    await step('GET', `${path}/tag/?specificTag=stable&onlyActiveTags=true`, list(tag('stable', two)));
    await step('DELETE', stable, { status: 204 });
    await step('GET', `${path}/tag/?specificTag=stable&onlyActiveTags=true`, list());
    await step(
      'POST',
      `${stable}/restore`,
      { status: 200, body: {} },
      { body: { manifest_digest: one.digest } },
    );
    await step(
      'GET',
      `${path}/tag/?specificTag=stable&onlyActiveTags=true`,
      list({ ...tag('stable', one), reversion: true }),
    );
    for (const [method, of, body, status] of [
      ['PUT', '/tag/-bad', { manifest_digest: one.digest }, 400],
      ['PUT', '/tag/absent', { expiration: end }, 404],
      ['PUT', '/tag/stable', { expiration: 1000 }, 400],
      ['POST', '/tag/stable/restore', {}, 400],
    ] as const) {
      const type = status === 404 ? 'not_found' : 'invalid_request';
      const more = status === 404 ? { tag: 'absent' } : {};
      await step(method, `${path}${of}`, problem(status, type, more), { body });
    }
  });

  test('an application of an organization', async () => {
    const base = `${api}/organization/ops/applications`;
    const fields = {
      name: 'ci',
      description: 'builds',
      application_uri: 'https://ci.example',
      redirect_uri: 'https://ci.example/back',
      avatar_email: 'ci@example.com',
    };
    const application = { ...fields, client_id: /^[A-Z0-9]{20}$/, client_secret: /^[A-Z0-9]{40}$/ };
    await step('GET', base, { status: 200, body: { applications: [] } });
    const { json } = await step('POST', base, { status: 200, body: application }, { body: fields });
    await step('GET', base, { status: 200, body: { applications: [json] } });
    const one = `${base}/${json.client_id}`;
    await step('GET', one, { status: 200, body: json });
    const changed = { ...json, description: 'builds all' };
    await step(
      'PUT',
      one,
      { status: 200, body: changed },
      { body: { ...fields, description: 'builds all' } },
    );
    await step('PUT', one, problem(400, 'invalid_request'), { body: { name: 'ci' } });
    const reset = await step('POST', `${one}/resetclientsecret`, {
      status: 200,
      body: { ...changed, client_secret: application.client_secret },
    });
    assert.notEqual(reset.json.client_secret, json.client_secret);
    await step('DELETE', one, { status: 204 });
    await step('GET', one, problem(404, 'not_found'));
  });

  test('a robot of the account itself', async () => {
    const robot = `${api}/user/robots/laptop`;
    const item = {
      name: 'admin+laptop',
      created: date,
      last_accessed: null,
      description: 'mine',
      token: robotToken,
    };
    const made = { ...item, unstructured_metadata: { asset: '7' } };
    const body = { description: 'mine', unstructured_metadata: { asset: '7' } };
    const { json } = await step('PUT', robot, { status: 201, body: made }, { body });
    const { unstructured_metadata: _, ...listed } = json;
    await step('GET', `${api}/user/robots`, { status: 200, body: { robots: [listed] } });
    await step('GET', robot, { status: 200, body: json });
    await step('DELETE', robot, { status: 204 });
    await step('GET', `${api}/user/robots`, { status: 200, body: { robots: [] } });
  });

  test('stars, and what others see of the account', async () => {
    const star = { namespace: 'ops', repository: 'tools' };
    const starred = `${api}/user/starred`;
    await step('POST', starred, { status: 201, body: star }, { body: star });
    await step('GET', starred, {
      status: 200,
      body: { repositories: [{ namespace: 'ops', name: 'tools', description: '', is_public: false }] },
    });
    await step('DELETE', `${starred}/ops/tools`, { status: 204 });
    await step('GET', starred, { status: 200, body: { repositories: [] } });
    await step('GET', `${api}/users/nobody`, problem(404, 'not_found'));
  });

  test('what was done is in the log', async () => {
    const person = {
      kind: 'user',
      name: 'admin',
      is_robot: false,
      avatar: avatar('user', 'admin', 'admin@example.com'),
    };
    const day = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} 00:00:00 -0000$/;
    const page = (logs: unknown) => ({ status: 200, body: { start_time: day, end_time: day, logs } });
    const { json } = await step('GET', `${path}/logs`, page(Array.isArray));
    const metadata = {
      username: 'admin',
      repo: 'tools',
      tag: 'stable',
      image: null,
      manifest_digest: one.digest,
    };
    const restored = { kind: 'revert_tag', metadata, ip: '127.0.0.1', datetime: date, performer: person };
    await step('GET', `${path}/logs`, page([restored, ...json.logs.slice(1)]));
    assert.deepEqual(
      json.logs.map(({ kind }: { kind: string }) => kind),
      [
        'revert_tag',
        'delete_tag',
        'change_tag_expiration',
        'change_tag_expiration',
        'move_tag',
        'create_tag',
        'push_repo',
        'push_repo',
        'create_repo',
      ],
    );
  });
});
