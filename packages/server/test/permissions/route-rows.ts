import { randomUUID } from 'node:crypto';
import { mediaTypes } from '@wharf/oci';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import { digestOf } from '#/testing/bytes.ts';
import { artifactOf, type World } from './open-world.ts';

/** What a caller may do with a repository, in the words of the table below. `void`: the credentials are no longer in force. */
export type Right = 'void' | 'none' | 'read' | 'write';

/** One request on a repository, with everything in place that an allowed caller needs to succeed. */
export interface RepositoryRow {
  readonly method: string;
  /** Status by right. */
  readonly statuses: Readonly<Record<Right, number>>;
  prepare(world: World, repository: RepositoryReference): Promise<RowRequest>;
}

interface RowRequest {
  /** After `/v2/<repository>/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const forReaders = (status: number) => ({ void: 401, none: 401, read: status, write: status });
const forWriters = (status: number) => ({ void: 401, none: 401, read: 401, write: status });

const fresh = (): Buffer => Buffer.from(randomUUID());
const newTag = (): string => `t-${randomUUID()}`;

/** By operation id: the routes of one repository. */
export const repositoryRows: Readonly<Record<string, RepositoryRow>> = {
  listTags: { method: 'GET', statuses: forReaders(200), prepare: async () => ({ path: 'tags/list' }) },
  headBlob: { method: 'HEAD', statuses: forReaders(200), prepare: blobPath },
  getBlob: { method: 'GET', statuses: forReaders(200), prepare: blobPath },
  deleteBlob: { method: 'DELETE', statuses: forWriters(202), prepare: blobPath },
  startUpload: {
    method: 'POST',
    statuses: forWriters(202),
    prepare: async () => ({ path: 'blobs/uploads/' }),
  },
  startUploadWithoutSlash: {
    method: 'POST',
    statuses: forWriters(202),
    prepare: async () => ({ path: 'blobs/uploads' }),
  },
  getUpload: { method: 'GET', statuses: forWriters(204), prepare: uploadPath },
  appendChunk: {
    method: 'PATCH',
    statuses: forWriters(202),
    prepare: async (world, repository) => ({ ...(await uploadPath(world, repository)), body: fresh() }),
  },
  commitUpload: {
    method: 'PUT',
    statuses: forWriters(201),
    async prepare(world, repository) {
      const body = fresh();
      const { path } = await uploadPath(world, repository);
      return { path: `${path}?digest=${digestOf(body)}`, body };
    },
  },
  cancelUpload: { method: 'DELETE', statuses: forWriters(204), prepare: uploadPath },
  headManifest: { method: 'HEAD', statuses: forReaders(200), prepare: manifestPath },
  getManifest: { method: 'GET', statuses: forReaders(200), prepare: manifestPath },
  putManifest: {
    method: 'PUT',
    statuses: forWriters(201),
    async prepare(world, repository) {
      const empty = Buffer.from('{}');
      const digest = await world.content.blob(repository, empty);
      return {
        path: `manifests/${newTag()}`,
        headers: { 'content-type': mediaTypes.ociManifest },
        body: artifactOf(digest, empty.length, randomUUID()),
      };
    },
  },
  deleteManifest: { method: 'DELETE', statuses: forWriters(202), prepare: manifestPath },
  listReferrers: {
    method: 'GET',
    statuses: forReaders(200),
    prepare: async () => ({ path: `referrers/${digestOf(fresh())}` }),
  },
};

async function blobPath({ content }: World, repository: RepositoryReference): Promise<RowRequest> {
  return { path: `blobs/${await content.blob(repository, fresh())}` };
}

async function uploadPath({ content }: World, repository: RepositoryReference): Promise<RowRequest> {
  return { path: `blobs/uploads/${await content.upload(repository)}` };
}

async function manifestPath({ content }: World, repository: RepositoryReference): Promise<RowRequest> {
  const tag = newTag();
  await content.manifest(repository, tag, tag);
  return { path: `manifests/${tag}` };
}

/** A request that concerns no single repository. */
export interface GeneralRow {
  readonly method: string;
  readonly path: string;
  readonly statuses: {
    /** Without credentials. */
    readonly anonymous: number;
    /** With a token in force. */
    readonly valid: number;
    /** With the token of somebody who was disabled. */
    readonly void: number;
  };
}

const always = (method: string, path: string, status: number): GeneralRow => ({
  method,
  path,
  statuses: { anonymous: status, valid: status, void: status },
});
const versionCheck = (method: string, path: string): GeneralRow => ({
  method,
  path,
  statuses: { anonymous: 401, valid: 200, void: 401 },
});

/** By operation id: every other route but the token service itself, which takes other credentials. */
export const generalRows: Readonly<Record<string, GeneralRow>> = {
  checkVersion: versionCheck('GET', '/v2/'),
  checkVersionHead: versionCheck('HEAD', '/v2/'),
  checkVersionWithoutSlash: versionCheck('GET', '/v2'),
  checkVersionWithoutSlashHead: versionCheck('HEAD', '/v2'),
  listCatalog: { method: 'GET', path: '/v2/_catalog', statuses: { anonymous: 200, valid: 200, void: 401 } },
  refuseTokenHEAD: always('HEAD', '/v2/auth', 405),
  refuseTokenPOST: always('POST', '/v2/auth', 405),
  refuseTokenPUT: always('PUT', '/v2/auth', 405),
  refuseTokenPATCH: always('PATCH', '/v2/auth', 405),
  refuseTokenDELETE: always('DELETE', '/v2/auth', 405),
  health: always('GET', '/health', 200),
  healthInstance: always('GET', '/health/instance', 200),
  healthEndToEnd: always('GET', '/health/endtoend', 200),
  healthWarning: always('GET', '/health/warning', 200),
  // No debug secret is configured, and none is this one.
  enableHealthDebug: always('GET', '/health/enabledebug/guess', 404),
  status: always('GET', '/status', 200),
  internalPing: always('GET', '/_internal_ping', 200),
  internalPingV1: always('GET', '/v1/_internal_ping', 200),
  internalPingC1: always('GET', '/c1/_internal_ping', 200),
  getPublicConfiguration: always('GET', '/config', 200),
  getAppCapabilities: always('GET', '/.well-known/app-capabilities', 200),
  // For sessions of browsers only.
  changePassword: always('GET', '/.well-known/change-password', 401),
  getExportedLogs: always('GET', '/exportedlogs/nothing', 404),
  getLogArchive: always('GET', '/logarchive/nothing', 403),
  getUserFile: always('GET', '/userfiles/nothing', 404),
  listPublishedServiceKeys: always('GET', '/keys/services/nothing/keys', 200),
  getPublishedServiceKey: always('GET', '/keys/services/nothing/keys/none', 404),
  // Only the JWT of a key of the service counts.
  putServiceKey: always('PUT', '/keys/services/nothing/keys/none', 400),
  deletePublishedServiceKey: {
    method: 'DELETE',
    path: '/keys/services/nothing/keys/none',
    statuses: { anonymous: 400, valid: 403, void: 403 },
  },
  // A private repository, without its badge token.
  repositoryBadge: always('GET', '/repository/acme/secret/app/status', 404),
  landingPage: always('GET', '/', 200),
};
