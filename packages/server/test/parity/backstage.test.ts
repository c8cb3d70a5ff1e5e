import { before, describe, test } from 'node:test';
import { createPushClient } from '#/testing/push-client.ts';
import { makePushImage, type PushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { date, dropInServer, isEpochSeconds, problem, uuid } from './drop-in.ts';

/** What Backstage shows of a repository: its tags with every flag of the list, then manifest, labels and scan of each. */
describe('a repository in a catalogue', () => {
  const { server, step } = dropInServer({ FEATURE_SECURITY_SCANNER: true });
  const path = '/api/v1/repository/admin/portal';
  const random = createRandom('portal');
  const images = ['one', 'two', 'three'].map((name) => makePushImage(randomLayers(random, 2, 300), name));
  const [one, two, three] = images as [PushImage, PushImage, PushImage];
  const sizeOf = (image: PushImage): number =>
    image.blobs.slice(0, -1).reduce((sum, { bytes }) => sum + bytes.length, 0);
  const alive = (name: string, image: PushImage) => ({
    name,
    reversion: false,
    start_ts: isEpochSeconds,
    manifest_digest: image.digest,
    is_manifest_list: false,
    size: sizeOf(image),
    docker_image_id: /^[0-9a-f]{64}$/,
    image_id: /^[0-9a-f]{64}$/,
    last_modified: date,
  });
  const dead = (name: string, image: PushImage) => ({
    ...alive(name, image),
    end_ts: isEpochSeconds,
    expiration: date,
  });
  const list = (tags: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) => ({
    status: 200,
    body: { tags, page: 1, has_additional: false, ...more },
  });

  before(async () => {
    const client = createPushClient({ server: server(), repository: 'admin/portal' });
    // One after the other, as the list is in the order of time, and one instant of a tag has to be over before the next begins.
    await client.pushImage(one, 'v1.0', 'docker');
    await client.pushImage(two, 'v1.1', 'docker');
    await client.pushImage(one, 'latest', 'docker');
    await client.pushImage(three, 'latest', 'docker');
    client.close();
  });

  const history = [alive('latest', three), dead('latest', one), alive('v1.1', two), alive('v1.0', one)];
  const [latest, before1, v11, v10] = history;
  for (const [query, expected] of [
    ['', list(history)],
    ['?onlyActiveTags=true', list([latest, v11, v10])],
    ['?onlyActiveTags=false', list(history)],
    ['?limit=2', list([latest, before1], { has_additional: true })],
    ['?limit=2&page=2', list([v11, v10], { page: 2 })],
    ['?limit=2&page=3', list([], { page: 3 })],
    ['?limit=1&page=2&onlyActiveTags=true', list([v11], { page: 2, has_additional: true })],
    ['?specificTag=v1.1', list([v11])],
    ['?specificTag=latest', list([latest, before1])],
    ['?specificTag=latest&onlyActiveTags=1', list([latest])],
    ['?specificTag=nothing', list([])],
    ['?filter_tag_name=like:v1', list([v11, v10])],
    ['?filter_tag_name=eq:v1.0', list([v10])],
    ['?filter_tag_name=like:1.1&limit=10&page=1&onlyActiveTags=true', list([v11])],
    ['?unknown=flag', list(history)],
    ['?filter_tag_name=v1', problem(400, 'invalid_request')],
    ['?page=x', { status: 400, body: { message: { page: /./ } } }],
    ['?limit=x', { status: 400, body: { message: { limit: /./ } } }],
  ] as const) {
    test(`tags${query}`, async () => {
      await step('GET', `${path}/tag/${query}`, expected);
    });
  }

  test('a manifest', async () => {
    const layers = one.blobs.slice(0, -1).map(({ digest, bytes }, index) => ({
      index,
      compressed_size: bytes.length,
      is_remote: false,
      urls: null,
      command: null,
      comment: null,
      author: null,
      blob_digest: digest,
      created_datetime: null,
    }));
    await step('GET', `${path}/manifest/${one.digest}`, {
      status: 200,
      body: {
        digest: one.digest,
        is_manifest_list: false,
        manifest_data: one.manifest.toString('utf8'),
        config_media_type: 'application/vnd.oci.image.config.v1+json',
        layers,
        layers_compressed_size: sizeOf(one),
        image: (value: unknown) => typeof value === 'object',
      },
    });
    const unknown = one.digest.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    await step('GET', `${path}/manifest/${unknown}`, problem(404, 'not_found', { digest: unknown }));
  });

  test('labels', async () => {
    const labels = `${path}/manifest/${one.digest}/labels`;
    const own = { id: uuid, key: 'name', value: 'one', source_type: 'manifest', media_type: 'text/plain' };
    const listed = await step('GET', labels, { status: 200, body: { labels: [own] } });
    await step('GET', `${labels}/${listed.json.labels[0].id}`, { status: 200, body: listed.json.labels[0] });
    await step('DELETE', `${labels}/${listed.json.labels[0].id}`, problem(400, 'invalid_request'));
    const added = await step(
      'POST',
      labels,
      {
        status: 201,
        body: {
          label: { id: uuid, key: 'team', value: 'shop', source_type: 'api', media_type: 'text/plain' },
        },
        headers: { location: /\/labels\/[0-9a-f-]{36}$/ },
      },
      { body: { key: 'team', value: 'shop', media_type: 'text/plain' } },
    );
    await step('GET', `${labels}?filter=te`, { status: 200, body: { labels: [added.json.label] } });
    for (const body of [
      { key: 'quay.mine', value: 'x', media_type: null },
      { key: '-bad', value: 'x', media_type: null },
      { key: 'typed', value: 'x', media_type: 'image/png' },
    ]) {
      await step('POST', labels, problem(400, 'invalid_request'), { body });
    }
    await step('DELETE', `${labels}/${added.json.label.id}`, { status: 204 });
    await step('GET', `${labels}/${added.json.label.id}`, problem(404, 'not_found'));
  });

  test('the scan', async () => {
    const scan = `${path}/manifest/${one.digest}/security`;
    for (const query of ['', '?vulnerabilities=true', '?vulnerabilities=false']) {
      await step('GET', `${scan}${query}`, { status: 200, body: { status: 'queued', data: null } });
    }
  });
});
