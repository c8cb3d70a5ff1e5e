import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { mediaTypes, parseTagName } from '@wharf/oci';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { createRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import { pushManifest } from '#/domain/tags/index.ts';
import { uploadBlob } from '#/domain/uploads/index.ts';
import { type ApiAnswer, openApi } from '#/testing/api-fixture.ts';
import { bodyOf, digestOf } from '#/testing/bytes.ts';
import { artifactOf } from './open-world.ts';

/*
 * Ids of one tenant's things, used by another tenant in a place where that other may do everything: the answer is that of an id that never
 * existed, and the thing is left as it was.
 */

const cleanups: (() => Promise<void>)[] = [];
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});
const api = await openApi(
  { after: (cleanup) => void cleanups.push(cleanup as () => Promise<void>) },
  { configuration: { PERMANENTLY_DELETE_TAGS: true, FEATURE_SECURITY_SCANNER: true } },
);
const victim = await openTenant('olga', 'acme');
const stranger = await openTenant('hugo', 'globex');

interface Tenant {
  readonly person: string;
  readonly organization: string;
  readonly repository: RepositoryReference;
  readonly path: string;
  readonly digest: string;
}

async function openTenant(person: string, organization: string): Promise<Tenant> {
  const { services } = api;
  const { id } = await api.createPerson(person);
  const owner = await createOrganization(services, { name: organization, ownerId: id });
  const repository = await createRepository(services, {
    namespaceId: owner.id,
    name: 'app',
    visibility: 'private',
    creator: undefined,
  });
  const config = Buffer.from('{}');
  await uploadBlob(services, {
    repositoryId: repository.id,
    digest: digestOf(config),
    body: bodyOf(config),
    lengthBytes: config.length,
  });
  const bytes = artifactOf(digestOf(config), config.length, organization);
  await pushManifest(services, {
    repository,
    mediaType: mediaTypes.ociManifest,
    bytes,
    reference: { tag: parseTagName(`of-${organization}`) },
    tags: [],
    performer: { accountId: id, ip: null, metadata: {} },
  });
  return {
    person,
    organization,
    repository,
    path: `/repository/${organization}/app`,
    digest: digestOf(bytes),
  };
}

/** A thing of a tenant, and the calls that name it by its id. */
interface Row {
  /** Makes the thing and tells its id. */
  create(tenant: Tenant): Promise<string>;
  readonly calls: readonly {
    readonly method: string;
    readonly path: (tenant: Tenant, id: string) => string;
    readonly body?: unknown;
  }[];
  readonly unknownId?: string;
}

const asTenant = async (
  { person }: Tenant,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiAnswer> => {
  const answer = await api.call(method, path, { as: person, ...(body === undefined ? {} : { body }) });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.text}`);
  return answer;
};
const organizationPath = ({ organization }: Tenant): string => `/organization/${organization}`;
const applicationOf = async (tenant: Tenant): Promise<string> => {
  const path = `${organizationPath(tenant)}/applications`;
  return (await asTenant(tenant, 'POST', path, { name: 'app' })).json.client_id;
};
const application = (tenant: Tenant, id: string): string => `${organizationPath(tenant)}/applications/${id}`;
const named = (tenant: Tenant, kind: string, id: string): string =>
  `${organizationPath(tenant)}/${kind}/${id}`;

const rows: Readonly<Record<string, Row>> = {
  'app-specific token': {
    create: async (tenant) =>
      (await asTenant(tenant, 'POST', '/user/apptoken', { title: 'laptop' })).json.token.uuid,
    calls: ['GET', 'DELETE'].map((method) => ({ method, path: (_tenant, id) => `/user/apptoken/${id}` })),
  },
  authorization: {
    async create(tenant) {
      await api.tokenOf(tenant.person, ['repo:read']);
      return (await asTenant(tenant, 'GET', '/user/authorizations')).json.authorizations[0].uuid;
    },
    calls: ['GET', 'DELETE'].map((method) => ({
      method,
      path: (_tenant, id) => `/user/authorizations/${id}`,
    })),
  },
  session: {
    create: async (tenant) => (await asTenant(tenant, 'GET', '/user/sessions')).json.sessions[0].uuid,
    calls: [{ method: 'DELETE', path: (_tenant, id) => `/user/sessions/${id}` }],
  },
  application: {
    create: applicationOf,
    calls: [
      { method: 'GET', path: application },
      {
        method: 'PUT',
        path: application,
        body: { name: 'mine', redirect_uri: '', application_uri: '' },
      },
      { method: 'DELETE', path: application },
      { method: 'POST', path: (tenant, id) => `${application(tenant, id)}/resetclientsecret` },
      { method: 'GET', path: (tenant, id) => `${application(tenant, id)}/tokens` },
      {
        method: 'POST',
        path: (tenant, id) => `${application(tenant, id)}/tokens`,
        body: { name: 'token', scope: 'repo:read' },
      },
    ],
  },
  'application token': {
    async create(tenant) {
      const path = `${application(tenant, await applicationOf(tenant))}/tokens`;
      return (await asTenant(tenant, 'POST', path, { name: 'token', scope: 'repo:read' })).json.uuid;
    },
    // Below an application of the one who asks.
    calls: [
      {
        method: 'DELETE',
        path: (tenant, id) => `${application(tenant, ownApplications.get(tenant) ?? '')}/tokens/${id}`,
      },
    ],
  },
  'default permission': {
    async create(tenant) {
      const body = { role: 'read', delegate: { kind: 'user', name: tenant.person } };
      return (await asTenant(tenant, 'POST', `${organizationPath(tenant)}/prototypes`, body)).json.id;
    },
    calls: [
      { method: 'PUT', path: (tenant, id) => named(tenant, 'prototypes', id), body: { role: 'admin' } },
      { method: 'DELETE', path: (tenant, id) => named(tenant, 'prototypes', id) },
    ],
  },
  notification: {
    async create(tenant) {
      const body = {
        event: 'repo_push',
        method: 'webhook',
        config: { url: 'https://hooks.example.com/' },
        eventConfig: {},
      };
      return (await asTenant(tenant, 'POST', `${tenant.path}/notification/`, body)).json.uuid;
    },
    calls: [
      { method: 'GET', path: ({ path }, id) => `${path}/notification/${id}` },
      { method: 'POST', path: ({ path }, id) => `${path}/notification/${id}` },
      { method: 'POST', path: ({ path }, id) => `${path}/notification/${id}/test` },
      { method: 'DELETE', path: ({ path }, id) => `${path}/notification/${id}` },
    ],
  },
  manifest: {
    create: async ({ digest }) => digest,
    unknownId: digestOf(Buffer.from(randomUUID())),
    calls: [
      { method: 'GET', path: ({ path }, id) => `${path}/manifest/${id}` },
      { method: 'GET', path: ({ path }, id) => `${path}/manifest/${id}/labels` },
      { method: 'GET', path: ({ path }, id) => `${path}/manifest/${id}/security` },
      {
        method: 'POST',
        path: ({ path }, id) => `${path}/manifest/${id}/labels`,
        body: { key: 'planted', value: 'x', media_type: null },
      },
    ],
  },
  label: {
    async create(tenant) {
      const body = { key: 'team', value: 'x', media_type: null };
      const path = `${tenant.path}/manifest/${tenant.digest}/labels`;
      return (await asTenant(tenant, 'POST', path, body)).json.label.id;
    },
    calls: ['GET', 'DELETE'].map((method) => ({
      method,
      path: ({ path, digest }, id) => `${path}/manifest/${digest}/labels/${id}`,
    })),
  },
  tag: {
    create: async ({ organization }) => `of-${organization}`,
    calls: [
      { method: 'PUT', path: ({ path }, id) => `${path}/tag/${id}`, body: { expiration: 2_000_000_000 } },
      { method: 'GET', path: ({ path }, id) => `${path}/tag/?specificTag=${id}` },
    ],
  },
  team: {
    async create(tenant) {
      const name = `team-${tenant.organization}`;
      await asTenant(tenant, 'PUT', named(tenant, 'team', name), { role: 'member' });
      return name;
    },
    calls: [
      { method: 'GET', path: (tenant, id) => `${named(tenant, 'team', id)}/members` },
      { method: 'GET', path: (tenant, id) => `${named(tenant, 'team', id)}/permissions` },
      { method: 'DELETE', path: (tenant, id) => named(tenant, 'team', id) },
    ],
  },
  robot: {
    async create(tenant) {
      const name = `ci-${tenant.organization}`;
      await asTenant(tenant, 'PUT', named(tenant, 'robots', name), {});
      return name;
    },
    calls: [
      { method: 'GET', path: (tenant, id) => named(tenant, 'robots', id) },
      { method: 'POST', path: (tenant, id) => `${named(tenant, 'robots', id)}/regenerate` },
      { method: 'GET', path: (tenant, id) => `${named(tenant, 'robots', id)}/permissions` },
      { method: 'DELETE', path: (tenant, id) => named(tenant, 'robots', id) },
    ],
  },
};

const ownApplications = new Map<Tenant, string>();

/** Status and body without what differs by the id that was asked for. */
function comparable({ status, text }: ApiAnswer, id: string): unknown {
  return { status, text: text.replaceAll(id, 'ID') };
}

for (const [kind, row] of Object.entries(rows)) {
  test(`a ${kind} of another tenant does not exist`, async () => {
    ownApplications.set(stranger, await applicationOf(stranger));
    const id = await row.create(victim);
    const unknown =
      row.unknownId ?? (id.includes('-') && id.length === 36 ? randomUUID() : `no-${id.slice(3)}`);
    for (const { method, path, body } of row.calls) {
      const call = { as: stranger.person, ...(body === undefined ? {} : { body }) };
      const foreign = await api.call(method, path(stranger, id), call);
      const missing = await api.call(method, path(stranger, unknown), call);
      assert.deepEqual(
        comparable(foreign, id),
        comparable(missing, unknown),
        `${method} ${path(stranger, id)}`,
      );
      assert.ok(foreign.status < 500, foreign.text);
      if (!path(stranger, id).includes('specificTag'))
        assert.ok(foreign.status >= 400, `${method}: ${foreign.text}`);
    }
    // Unharmed: its owner can still read it, or remove it.
    const [first] = row.calls;
    if (first?.method === 'GET') await asTenant(victim, 'GET', first.path(victim, id));
  });
}

test('a tag cannot be set to the manifest of another repository', async () => {
  for (const digest of [victim.digest, digestOf(Buffer.from(randomUUID()))]) {
    for (const [method, path] of [
      ['PUT', `${stranger.path}/tag/planted`],
      ['POST', `${stranger.path}/tag/of-globex/restore`],
    ] as const) {
      const answer = await api.call(method, path, { as: stranger.person, body: { manifest_digest: digest } });
      assert.ok([400, 404].includes(answer.status), `${method} ${path}: ${answer.status} ${answer.text}`);
    }
  }
  const { json } = await api.call('GET', `${stranger.path}/tag/?specificTag=planted`, {
    as: stranger.person,
  });
  assert.deepEqual(json.tags, []);
});
