import { gzipSync } from 'node:zlib';
import { type Digest, mediaTypes, parseReference } from '@wharf/oci';
import { createOrganization, findAccountByName } from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository, findRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import { pushManifest } from '#/domain/tags/index.ts';
import { uploadBlob } from '#/domain/uploads/index.ts';
import { type ApiFixture, openApi } from './api-fixture.ts';
import { bodyOf, digestOf } from './bytes.ts';

export interface ApiContent extends ApiFixture {
  /** `acme/app`, private. */
  readonly repository: RepositoryReference;
  makeRepository(
    path: string,
    more?: { readonly visibility?: 'public' | 'private'; readonly kind?: 'application' },
  ): Promise<RepositoryReference>;
  /** Pushes an image of one layer that follows from `content`. */
  pushImage(
    tag: string,
    more?: {
      readonly repository?: RepositoryReference;
      readonly content?: string;
      readonly labels?: Readonly<Record<string, string>>;
    },
  ): Promise<{ readonly digest: Digest; readonly manifest: string; readonly layerBytes: number }>;
  /** Pushes an index of stored manifests. */
  pushIndex(tag: string, digests: readonly { digest: Digest; manifest: string }[]): Promise<Digest>;
}

/**
 * A server with content: alice administers the organization `acme` and its private repository `app`, on which carol reads and dave
 * writes; bob is a stranger.
 */
export async function openApiContent(...[t, options]: Parameters<typeof openApi>): Promise<ApiContent> {
  const api = await openApi(t, options);
  const { services } = api;
  for (const name of ['alice', 'bob', 'carol', 'dave']) await api.createPerson(name);
  const alice = await findAccountByName(services.database.read, 'alice');
  if (alice === undefined) throw new Error('alice was not made');
  await createOrganization(services, { name: 'acme', ownerId: alice.id });

  const makeRepository: ApiContent['makeRepository'] = async (path, more = {}) => {
    const [namespace = '', name = ''] = path.split('/');
    const owner = await findAccountByName(services.database.read, namespace);
    return createRepository(services, {
      namespaceId: owner?.id ?? 0,
      name,
      visibility: more.visibility ?? 'private',
      ...(more.kind === undefined ? {} : { kind: more.kind }),
      creator: undefined,
    });
  };
  await makeRepository('acme/app');
  const repository = await findRepository(services.database.read, 'acme', 'app');
  if (repository === undefined) throw new Error('acme/app was not made');
  for (const [name, role] of [
    ['carol', 'read'],
    ['dave', 'write'],
  ] as const) {
    await setRepositoryPermission(services, { repository, delegate: { kind: 'user', name }, role });
  }

  const upload = async (repositoryId: number, bytes: Buffer) => {
    const digest = digestOf(bytes);
    await uploadBlob(services, { repositoryId, digest, body: bodyOf(bytes) });
    return { digest, size: bytes.length };
  };
  const push = async (target: RepositoryReference, tag: string, manifest: string, mediaType: string) => {
    const pushed = await pushManifest(services, {
      repository: target,
      mediaType,
      bytes: Buffer.from(manifest),
      reference: parseReference(tag),
      tags: [],
      performer: { accountId: null, ip: null, metadata: {} },
    });
    return pushed.digest;
  };

  return {
    ...api,
    repository,
    makeRepository,
    async pushImage(tag, { repository: target = repository, content = tag, labels = {} } = {}) {
      const layer = await upload(target.id, gzipSync(content));
      const config = {
        architecture: 'amd64',
        os: 'linux',
        config: { Labels: labels },
        history: [
          { created: '2020-01-06T10:00:00Z', created_by: 'ADD file', author: 'ann' },
          { created_by: 'CMD ["sh"]', comment: content, empty_layer: true },
        ],
        rootfs: { type: 'layers', diff_ids: [layer.digest] },
      };
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: {
          mediaType: mediaTypes.ociConfig,
          ...(await upload(target.id, Buffer.from(JSON.stringify(config)))),
        },
        layers: [{ mediaType: mediaTypes.ociLayerGzip, ...layer }],
      });
      const digest = await push(target, tag, manifest, mediaTypes.ociManifest);
      return { digest, manifest, layerBytes: layer.size };
    },
    pushIndex(tag, digests) {
      const manifests = digests.map(({ digest, manifest }) => ({
        mediaType: mediaTypes.ociManifest,
        digest,
        size: Buffer.byteLength(manifest),
        platform: { architecture: 'amd64', os: 'linux' },
      }));
      const index = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
      return push(repository, tag, index, mediaTypes.ociIndex);
    },
  };
}

/** The audit rows of a kind, their metadata parsed. */
export async function logsOf({ services }: ApiFixture, kind: string): Promise<Record<string, unknown>[]> {
  const rows = await services.database.read
    .selectFrom('action_logs')
    .select('metadata_json')
    .where('kind', '=', kind)
    .orderBy('id')
    .execute();
  return rows.map(({ metadata_json }) => JSON.parse(metadata_json));
}
