import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setRepositoryState } from '#/domain/repositories/index.ts';
import { logsOf, openApiContent } from '#/testing/api-content.ts';

const path = '/repository/acme/app/tag';
const start = Date.UTC(2026, 0, 1);

test('the tag list shows every key, for images and for indexes', async (t) => {
  const api = await openApiContent(t, { startMs: start });
  const image = await api.pushImage('v1');
  api.clock.advanceMs(1500);
  const index = await api.pushIndex('list', [image]);
  const answer = await api.call('GET', `${path}/`, { as: 'carol' });
  assert.equal(answer.status, 200, answer.text);
  const imageId = image.digest.slice('sha256:'.length);
  assert.deepEqual(answer.json, {
    tags: [
      {
        name: 'list',
        reversion: false,
        start_ts: start / 1000 + 1,
        manifest_digest: index,
        is_manifest_list: true,
        size: 0,
        last_modified: 'Thu, 01 Jan 2026 00:00:01 -0000',
      },
      {
        name: 'v1',
        reversion: false,
        start_ts: start / 1000,
        manifest_digest: image.digest,
        is_manifest_list: false,
        size: image.layerBytes,
        docker_image_id: imageId,
        image_id: imageId,
        last_modified: 'Thu, 01 Jan 2026 00:00:00 -0000',
      },
    ],
    page: 1,
    has_additional: false,
  });
});

test('pages, filters and tokens', async (t) => {
  const api = await openApiContent(t);
  for (const tag of ['a1', 'a2', 'b1']) {
    await api.pushImage(tag);
    api.clock.advanceMs(1000);
  }
  await api.call('DELETE', `${path}/a2`, { as: 'dave' });
  for (const [query, names, more, page] of [
    ['', ['b1', 'a2', 'a1'], false, 1],
    ['?onlyActiveTags=true', ['b1', 'a1'], false, 1],
    ['?limit=2', ['b1', 'a2'], true, 1],
    ['?limit=2&page=2', ['a1'], false, 2],
    ['?limit=0&page=0', ['b1'], true, 1],
    ['?page=1000000', [], false, 1_000_000],
    ['?specificTag=a1', ['a1'], false, 1],
    ['?specificTag=a', [], false, 1],
    ['?filter_tag_name=like:A', ['a2', 'a1'], false, 1],
    ['?filter_tag_name=eq:a1', ['a1'], false, 1],
  ] as const) {
    const { status, json } = await api.call('GET', `${path}/${query}`, { as: 'carol' });
    assert.deepEqual(
      [status, json.tags.map((tag: { name: string }) => tag.name), json.has_additional, json.page],
      [200, names, more, page],
      query,
    );
  }
  for (const query of ['?filter_tag_name=a', '?filter_tag_name=sql:a', '?limit=many']) {
    assert.equal((await api.call('GET', `${path}/${query}`, { as: 'carol' })).status, 400, query);
  }
  const limit = await api.call('GET', `${path}/?limit=x`, { as: 'carol' });
  assert.deepEqual(limit.json, { message: { limit: 'must be a whole number' } });
  const seen: string[] = [];
  let token: string | undefined = '';
  while (token !== undefined) {
    const { json } = await api.call('GET', `${path}/?limit=1&next_page=${token}`, { as: 'carol' });
    seen.push(json.tags[0].name);
    token = json.next_page;
  }
  assert.deepEqual(seen, ['b1', 'a2', 'a1']);
});

test('a tag is created, moved, expired and restored, each with its audit row', async (t) => {
  const api = await openApiContent(t, { startMs: start });
  const one = await api.pushImage('v1');
  const two = await api.pushImage('v2');
  const put = (tag: string, body: unknown) => api.call('PUT', `${path}/${tag}`, { as: 'dave', body });
  const created = await put('latest', { manifest_digest: one.digest });
  assert.deepEqual([created.status, created.json], [201, 'Updated']);
  const moved = await put('latest', { image: two.digest.slice('sha256:'.length) });
  assert.equal(moved.status, 201, moved.text);
  const common = { username: 'dave', repo: 'app', tag: 'latest', namespace: 'acme' };
  assert.deepEqual(await logsOf(api, 'create_tag'), [
    {
      ...common,
      image: null,
      manifest_digest: one.digest,
      original_image: null,
      original_manifest_digest: null,
    },
  ]);
  assert.deepEqual(await logsOf(api, 'move_tag'), [
    {
      ...common,
      image: null,
      manifest_digest: two.digest,
      original_image: null,
      original_manifest_digest: one.digest,
    },
  ]);

  const expiration = start / 1000 + 7200;
  assert.equal((await put('latest', { expiration })).status, 201);
  assert.equal((await put('latest', { expiration: null })).status, 201);
  assert.deepEqual(await logsOf(api, 'change_tag_expiration'), [
    { ...common, expiration_date: expiration, old_expiration_date: null },
    { ...common, expiration_date: null, old_expiration_date: expiration },
  ]);

  assert.equal((await api.call('DELETE', `${path}/latest`, { as: 'dave' })).status, 204);
  const [deleted] = await logsOf(api, 'delete_tag');
  assert.deepEqual({ ...deleted, digest: undefined }, { ...common, digest: undefined });
  const restored = await api.call('POST', `${path}/latest/restore`, {
    as: 'dave',
    body: { manifest_digest: one.digest },
  });
  assert.deepEqual([restored.status, restored.json], [200, {}]);
  assert.deepEqual(await logsOf(api, 'revert_tag'), [
    { username: 'dave', repo: 'app', tag: 'latest', image: null, manifest_digest: one.digest },
  ]);
  const list = await api.call('GET', `${path}/?specificTag=latest`, { as: 'carol' });
  assert.deepEqual(
    list.json.tags.map((tag: { manifest_digest: string; reversion: boolean }) => [
      tag.manifest_digest,
      tag.reversion,
    ]),
    [
      [one.digest, true],
      [two.digest, false],
      [one.digest, false],
    ],
  );
});

test('what cannot be done with a tag', async (t) => {
  const api = await openApiContent(t, { startMs: start });
  const other = await api.makeRepository('acme/other');
  const foreign = await api.pushImage('v1', { repository: other, content: 'foreign' });
  const { digest } = await api.pushImage('v1');
  const past = start / 1000 - 1;
  for (const [method, url, body, status] of [
    ['PUT', `${path}/-v1`, { manifest_digest: digest }, 400],
    ['PUT', `${path}/v1`, { manifest_digest: foreign.digest }, 404],
    ['PUT', `${path}/v1`, { manifest_digest: 'v1' }, 404],
    ['PUT', `${path}/v1`, { image: 'zz' }, 404],
    ['PUT', `${path}/v1`, { expiration: past }, 400],
    ['PUT', `${path}/v1`, { expiration: 'soon' }, 400],
    ['PUT', `${path}/v9`, { expiration: null }, 404],
    ['PUT', `${path}/v1`, undefined, 400],
    ['DELETE', `${path}/v9`, undefined, 404],
    ['DELETE', `${path}/-v1`, undefined, 404],
    ['POST', `${path}/v1/restore`, {}, 400],
    ['POST', `${path}/v1/restore`, { manifest_digest: foreign.digest }, 404],
    ['POST', `${path}/v1/expire`, { is_alive: true }, 404],
  ] as const) {
    const answer = await api.call(method, url, { as: 'dave', ...(body && { body }) });
    assert.equal(answer.status, status, `${method} ${url} ${JSON.stringify(body)}: ${answer.text}`);
  }
  for (const [method, url, body] of [
    ['PUT', `${path}/v1`, { manifest_digest: digest }],
    ['DELETE', `${path}/v1`, undefined],
    ['POST', `${path}/v1/restore`, { manifest_digest: digest }],
  ] as const) {
    for (const [as, status] of [
      [undefined, 401],
      ['bob', 403],
      ['carol', 403],
    ] as const) {
      const answer = await api.call(method, url, { as, ...(body && { body }) });
      assert.equal(answer.status, status, `${method} ${url} by ${as}`);
    }
  }
  for (const [as, status] of [
    [undefined, 401],
    ['bob', 403],
    ['carol', 200],
  ] as const) {
    assert.equal((await api.call('GET', `${path}/`, { as })).status, status, as);
  }
});

test('a repository that is no ordinary one answers 503 to changes, one of applications 501', async (t) => {
  const api = await openApiContent(t);
  const { digest } = await api.pushImage('v1');
  await setRepositoryState(api.services, { repository: api.repository, state: 'READ_ONLY' });
  const put = await api.call('PUT', `${path}/v1`, { as: 'alice', body: { manifest_digest: digest } });
  assert.equal(put.status, 503);
  assert.deepEqual(Object.keys(put.json), ['message']);
  assert.equal((await api.call('GET', `${path}/`, { as: 'alice' })).status, 200);
  await api.makeRepository('acme/chart', { kind: 'application' });
  assert.equal((await api.call('GET', '/repository/acme/chart/tag/', { as: 'alice' })).status, 501);
});

test('restricted people change nothing in their own namespace', async (t) => {
  const api = await openApiContent(t, { configuration: { FEATURE_RESTRICTED_USERS: true } });
  const own = await api.makeRepository('dave/own');
  const { digest } = await api.pushImage('v1', { repository: own });
  const body = { manifest_digest: digest };
  assert.equal((await api.call('PUT', '/repository/dave/own/tag/v1', { as: 'dave', body })).status, 403);
  await api.pushImage('v1');
  assert.equal((await api.call('DELETE', `${path}/v1`, { as: 'dave' })).status, 204);
});

test('the time machine forgets what is removed from it', async (t) => {
  const api = await openApiContent(t, { configuration: { PERMANENTLY_DELETE_TAGS: true } });
  const { digest } = await api.pushImage('v1');
  const expire = (body: unknown) => api.call('POST', `${path}/v1/expire`, { as: 'dave', body });
  assert.equal((await expire({})).status, 400);
  assert.equal((await expire({ manifest_digest: digest })).status, 404, 'it is alive');
  const gone = await expire({ is_alive: true });
  assert.deepEqual([gone.status, gone.json], [200, '']);
  assert.deepEqual((await api.call('GET', `${path}/`, { as: 'carol' })).json.tags, []);
  assert.deepEqual(await logsOf(api, 'permanently_delete_tag'), [
    { username: 'dave', repo: 'app', namespace: 'acme', tag: 'v1', manifest_digest: digest },
  ]);
});

test('the images of a tag, for old clients', async (t) => {
  const api = await openApiContent(t);
  const image = await api.pushImage('v1');
  await api.pushIndex('list', [image]);
  const { status, json } = await api.call('GET', `${path}/v1/images`, { as: 'carol' });
  assert.equal(status, 200);
  assert.deepEqual(json, {
    images: [
      {
        id: image.digest.slice('sha256:'.length),
        created: null,
        comment: '',
        command: null,
        size: image.layerBytes,
        uploading: false,
        sort_index: 0,
        ancestors: '//',
      },
    ],
  });
  assert.deepEqual((await api.call('GET', `${path}/list/images`, { as: 'carol' })).json, { images: [] });
  assert.equal((await api.call('GET', `${path}/v9/images`, { as: 'carol' })).status, 404);
});
