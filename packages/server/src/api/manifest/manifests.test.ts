import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyLayerDigest, mediaTypes } from '@wharf/oci';
import { logsOf, openApiContent } from '#/testing/api-content.ts';

const path = '/repository/acme/app/manifest';

test('a manifest shows its layers, base first, steps without a layer included', async (t) => {
  const api = await openApiContent(t);
  const image = await api.pushImage('v1');
  const { status, json } = await api.call('GET', `${path}/${image.digest}`, { as: 'carol' });
  assert.equal(status, 200);
  const [layer] = JSON.parse(image.manifest).layers;
  const id = image.digest.slice('sha256:'.length);
  assert.deepEqual(json, {
    digest: image.digest,
    is_manifest_list: false,
    manifest_data: image.manifest,
    config_media_type: mediaTypes.ociConfig,
    layers: [
      {
        index: 0,
        compressed_size: image.layerBytes,
        is_remote: false,
        urls: null,
        command: ['ADD file'],
        comment: null,
        author: 'ann',
        blob_digest: layer.digest,
        created_datetime: 'Mon, 06 Jan 2020 10:00:00 -0000',
      },
      {
        index: 1,
        compressed_size: 32,
        is_remote: false,
        urls: null,
        command: ['CMD ["sh"]'],
        comment: 'v1',
        author: null,
        blob_digest: emptyLayerDigest,
        created_datetime: null,
      },
    ],
    layers_compressed_size: image.layerBytes,
    image: {
      id,
      created: null,
      comment: '',
      command: null,
      size: image.layerBytes,
      uploading: false,
      sort_index: 0,
      ancestors: '//',
      history: [],
    },
  });
  const index = await api.pushIndex('list', [image]);
  const list = (await api.call('GET', `${path}/${index}`, { as: 'carol' })).json;
  assert.deepEqual(
    [list.is_manifest_list, list.layers, list.layers_compressed_size, list.image],
    [true, null, 0, null],
  );
});

test('manifests of others and of the past are unknown', async (t) => {
  const api = await openApiContent(t);
  const other = await api.makeRepository('acme/other');
  const foreign = await api.pushImage('v1', { repository: other, content: 'foreign' });
  const { digest } = await api.pushImage('v1');
  const get = async (reference: string, as?: string) =>
    (await api.call('GET', `${path}/${reference}`, { as })).status;
  assert.equal(await get(digest), 401);
  assert.equal(await get(digest, 'bob'), 403);
  assert.equal(await get(foreign.digest, 'carol'), 404);
  assert.equal(await get('v1', 'carol'), 404);
  assert.equal(await get('sha256:zz', 'carol'), 404);
  await api.call('DELETE', '/repository/acme/app/tag/v1', { as: 'dave' });
  assert.equal(await get(digest, 'carol'), 404);
});

test('labels are added, listed, shown and deleted', async (t) => {
  const api = await openApiContent(t);
  const { digest } = await api.pushImage('v1', { labels: { vendor: 'acme' } });
  const labels = `${path}/${digest}/labels`;
  const body = { key: 'a.b', value: '{"x":1}', media_type: null };
  const added = await api.call('POST', labels, { as: 'dave', body });
  assert.equal(added.status, 201, added.text);
  const { label } = added.json;
  assert.deepEqual(added.json, {
    label: { id: label.id, key: 'a.b', value: '{"x":1}', source_type: 'api', media_type: 'application/json' },
  });
  assert.equal(added.headers.location, `${api.url}/api/v1${labels}/${label.id}`);
  assert.deepEqual(await logsOf(api, 'manifest_label_add'), [
    {
      id: label.id,
      key: 'a.b',
      value: '{"x":1}',
      manifest_digest: digest,
      media_type: 'application/json',
      namespace: 'acme',
      repo: 'app',
    },
  ]);
  const list = (await api.call('GET', labels, { as: 'carol' })).json.labels;
  assert.deepEqual(list[0], label);
  assert.deepEqual(
    list.map((each: { key: string; source_type: string }) => [each.key, each.source_type]),
    [
      ['a.b', 'api'],
      ['vendor', 'manifest'],
    ],
  );
  const filtered = await api.call('GET', `${labels}?filter=ven`, { as: 'carol' });
  assert.deepEqual(filtered.json.labels, [list[1]]);
  assert.deepEqual((await api.call('GET', `${labels}/${label.id}`, { as: 'carol' })).json, label);
  const own = await api.call('DELETE', `${labels}/${list[1].id}`, { as: 'dave' });
  assert.equal(own.status, 400);
  const deleted = await api.call('DELETE', `${labels}/${label.id}`, { as: 'dave' });
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  assert.deepEqual(await logsOf(api, 'manifest_label_delete'), [
    {
      id: label.id,
      key: 'a.b',
      value: '{"x":1}',
      manifest_digest: digest,
      namespace: 'acme',
      repo: 'app',
    },
  ]);
  assert.equal((await api.call('GET', `${labels}/${label.id}`, { as: 'carol' })).status, 404);
});

test('labels that cannot be, and labels of others', async (t) => {
  const api = await openApiContent(t);
  const { digest } = await api.pushImage('v1');
  const other = await api.makeRepository('acme/other');
  const foreign = await api.pushImage('v1', { repository: other, content: 'foreign', labels: { a: 'b' } });
  const second = await api.pushImage('v2', { labels: { a: 'b' } });
  const labels = `${path}/${digest}/labels`;
  const good = { key: 'k', value: 'v', media_type: 'text/plain' };
  for (const [body, as, url, status] of [
    [{ ...good, key: 'Bad' }, 'dave', labels, 400],
    [{ ...good, key: 'quay.thing' }, 'dave', labels, 400],
    [{ ...good, media_type: 'text/html' }, 'dave', labels, 400],
    [{ key: 'k', value: 'v' }, 'dave', labels, 400],
    [{ ...good, value: 1 }, 'dave', labels, 400],
    [good, 'dave', `${path}/${foreign.digest}/labels`, 404],
    [good, 'carol', labels, 403],
    [good, 'bob', labels, 403],
    [good, undefined, labels, 401],
  ] as const) {
    const answer = await api.call('POST', url, { as, body });
    assert.equal(answer.status, status, `${JSON.stringify(body)} ${as}: ${answer.text}`);
  }
  const [ofOther] = (
    await api.call('GET', `/repository/acme/other/manifest/${foreign.digest}/labels`, { as: 'alice' })
  ).json.labels;
  const [ofSecond] = (await api.call('GET', `${path}/${second.digest}/labels`, { as: 'alice' })).json.labels;
  for (const { id } of [ofOther, ofSecond]) {
    assert.equal((await api.call('GET', `${labels}/${id}`, { as: 'alice' })).status, 404);
    assert.equal((await api.call('DELETE', `${labels}/${id}`, { as: 'alice' })).status, 404);
  }
  const expires = { key: 'quay.expires-after', value: '2w', media_type: null };
  assert.equal((await api.call('POST', labels, { as: 'dave', body: expires })).status, 201);
  const { json } = await api.call('GET', '/repository/acme/app/tag/?specificTag=v1', { as: 'carol' });
  assert.equal(json.tags[0].end_ts - json.tags[0].start_ts, 14 * 24 * 3600);
});

test('images for old clients', async (t) => {
  const api = await openApiContent(t);
  const image = await api.pushImage('v1');
  await api.pushImage('v1-again', { content: 'v1' });
  await api.pushIndex('list', [image]);
  const id = image.digest.slice('sha256:'.length);
  const shown = {
    id,
    created: null,
    comment: '',
    command: null,
    size: image.layerBytes,
    uploading: false,
    sort_index: 0,
    ancestors: '//',
  };
  const images = '/repository/acme/app/image/';
  assert.deepEqual((await api.call('GET', images, { as: 'carol' })).json, {
    images: [{ ...shown, tags: ['v1', 'v1-again'] }],
  });
  assert.deepEqual((await api.call('GET', `${images}${id}`, { as: 'carol' })).json, {
    ...shown,
    history: [],
  });
  assert.equal((await api.call('GET', `${images}${'0'.repeat(64)}`, { as: 'carol' })).status, 404);
  assert.equal((await api.call('GET', `${images}zz`, { as: 'carol' })).status, 404);
  assert.equal((await api.call('GET', images, { as: 'bob' })).status, 403);
  assert.equal((await api.call('GET', images)).status, 401);
});
