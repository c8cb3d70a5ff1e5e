import { describe, test } from 'node:test';
import { createPushClient } from '#/testing/push-client.ts';
import { makePushImage, randomLayers } from '#/testing/push-image.ts';
import { createRandom } from '#/testing/push-random.ts';
import { avatar, date, dropInServer, isEpochSeconds, problem, robotToken, stepsAt, uuid } from './drop-in.ts';

/** How the quay-bridge-operator mirrors a namespace of a cluster: an organization, its three robots, their default rights, then the images. */
describe('a namespace of a cluster becomes an organization', () => {
  const { server, step } = dropInServer();
  const name = 'openshift_shop';
  const organization = `/api/v1/organization/${name}`;
  const roles = { builder: 'write', default: 'read', deployer: 'read' } as const;
  const robots = new Map<string, string>();
  const user = (account: string) => ({
    name: account,
    kind: 'user',
    is_robot: true,
    avatar: avatar('robot', account),
    is_org_member: true,
  });

  test('the organization is looked for, then made', async () => {
    await step('GET', organization, problem(404, 'not_found'));
    await step('POST', '/api/v1/organization/', { status: 201, body: 'Created' }, { body: { name } });
    await step('GET', organization, {
      status: 200,
      body: {
        name,
        email: '',
        avatar: avatar('org', name),
        is_admin: true,
        is_member: true,
        teams: {
          owners: {
            name: 'owners',
            description: '',
            role: 'admin',
            avatar: avatar('team', 'owners'),
            can_view: true,
            repo_count: 0,
            member_count: 1,
            is_synced: false,
          },
        },
        ordered_teams: ['owners'],
        invoice_email: false,
        invoice_email_address: null,
        tag_expiration_s: 1_209_600,
        is_free_account: true,
      },
    });
  });

  test('a robot for each service account, with a default right', async () => {
    await step('GET', `${organization}/prototypes`, { status: 200, body: { prototypes: [] } });
    for (const [short, role] of Object.entries(roles)) {
      const path = `${organization}/robots/${short}`;
      await step('GET', path, problem(400, 'invalid_request'));
      const robot = {
        name: `${name}+${short}`,
        created: date,
        last_accessed: null,
        description: '',
        token: robotToken,
        unstructured_metadata: {},
      };
      const made = await step('PUT', path, { status: 201, body: robot });
      robots.set(short, made.json.token);
      await step('GET', path, { status: 200, body: made.json });
      const body = { delegate: { kind: 'user', name: robot.name }, role };
      const prototype = { id: uuid, role, activating_user: null, delegate: user(robot.name) };
      await step('POST', `${organization}/prototypes`, { status: 200, body: prototype }, { body });
    }
    const item = (short: keyof typeof roles) => ({
      id: uuid,
      role: roles[short],
      activating_user: null,
      delegate: user(`${name}+${short}`),
    });
    const listed = await step('GET', `${organization}/prototypes`, {
      status: 200,
      body: { prototypes: [item('builder'), item('default'), item('deployer')] },
    });
    const path = `${organization}/prototypes/${listed.json.prototypes[2].id}`;
    const changed = { ...item('deployer'), role: 'admin' };
    await step('PUT', path, { status: 200, body: changed }, { body: { role: 'admin' } });
    await step('DELETE', path, { status: 204 });
    await step('DELETE', path, problem(404, 'not_found'));
    await step('POST', `${organization}/prototypes`, problem(400, 'invalid_request'), {
      body: { role: 'read' },
    });
  });

  test('an image stream becomes a repository with these rights', async () => {
    const body = {
      namespace: name,
      repository: 'cart',
      visibility: 'private',
      description: '',
      repo_kind: 'image',
    };
    const created = { namespace: name, name: 'cart', kind: 'image' };
    await step('POST', '/api/v1/repository', { status: 201, body: created }, { body });
    const permission = (account: string, role: string) => ({
      role,
      name: account,
      is_robot: account.includes('+'),
      avatar: account.includes('+') ? avatar('robot', account) : avatar('user', account, 'admin@example.com'),
      is_org_member: true,
    });
    await step('GET', `/api/v1/repository/${name}/cart/permissions/user/`, {
      status: 200,
      body: {
        permissions: {
          admin: permission('admin', 'admin'),
          [`${name}+builder`]: permission(`${name}+builder`, 'write'),
          [`${name}+default`]: permission(`${name}+default`, 'read'),
        },
      },
    });
  });

  test('a build pushes as its robot, and the tag is read', async () => {
    const image = makePushImage(randomLayers(createRandom('cart'), 2, 500), 'cart');
    const credentials = { username: `${name}+builder`, password: robots.get('builder') ?? '' };
    const client = createPushClient({ server: server(), repository: `${name}/cart`, credentials });
    await client.pushImage(image, 'latest', 'docker');
    client.close();
    const size = image.blobs.slice(0, -1).reduce((sum, { bytes }) => sum + bytes.length, 0);
    const tag = {
      name: 'latest',
      reversion: false,
      start_ts: isEpochSeconds,
      manifest_digest: image.digest,
      is_manifest_list: false,
      size,
      docker_image_id: /^[0-9a-f]{64}$/,
      image_id: /^[0-9a-f]{64}$/,
      last_modified: date,
    };
    const path = `/api/v1/repository/${name}/cart`;
    await step('GET', `${path}/tag/`, { status: 200, body: { tags: [tag], page: 1, has_additional: false } });
    await step('GET', path, {
      status: 200,
      body: {
        namespace: name,
        name: 'cart',
        kind: 'image',
        description: '',
        is_public: false,
        is_organization: true,
        is_starred: false,
        status_token: /./,
        trust_enabled: false,
        tag_expiration_s: 1_209_600,
        is_free_account: true,
        state: 'NORMAL',
        can_write: true,
        can_admin: true,
        tags: {
          latest: {
            name: 'latest',
            image_id: /^[0-9a-f]{64}$/,
            size,
            last_modified: date,
            manifest_digest: image.digest,
          },
        },
      },
    });
    await step('DELETE', `${path}/tag/latest`, { status: 204 });
    await step('GET', `${path}/tag/?onlyActiveTags=true`, {
      status: 200,
      body: { tags: [], page: 1, has_additional: false },
    });
  });

  test('the namespace goes, and all of it with it', async () => {
    await step('DELETE', organization, { status: 204 });
    await step('GET', organization, problem(404, 'not_found'));
    const robot = stepsAt(() => server().url);
    const password = robots.get('builder') ?? '';
    const basic = Buffer.from(`${name}+builder:${password}`).toString('base64');
    await robot(
      'GET',
      `/v2/auth?service=${server().host}`,
      { status: 401, body: (value: unknown) => typeof value === 'object' },
      { headers: { authorization: `Basic ${basic}` } },
    );
  });
});
