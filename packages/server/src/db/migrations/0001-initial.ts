import { sql } from 'kysely';
import { bytes, flag, id, integer, name, nullable, oneOf, references, text } from './columns.ts';
import { createTableStatements, type Table } from './create-table.ts';
import type { Migration } from './migration.ts';

/*
 * What is deleted with its owner cascades. What stands for bytes in storage, or is needed to find them, restricts: blobs,
 * placements, uploads, manifests and tags go row by row, so that nothing in storage is forgotten.
 */

const digest = () => name(160);
const uuid = () => name(36);

const accounts: Table = {
  name: 'accounts',
  columns: {
    id: id(),
    uuid: uuid(),
    kind: oneOf('user', 'organization', 'robot'),
    name: name(255),
    email: nullable(name(255)),
    password_hash: nullable(name(255)),
    owner_id: nullable(references('accounts', 'cascade')),
    enabled: flag(),
    verified: flag(),
    superuser: flag(),
    given_name: nullable(name(255)),
    family_name: nullable(name(255)),
    company: nullable(name(255)),
    location: nullable(name(255)),
    invoice_email: flag(),
    invoice_email_address: nullable(name(255)),
    invalid_login_attempts: integer(),
    last_invalid_login_ms: nullable(integer()),
    tag_expiration_s: integer(),
    maximum_queued_builds: nullable(integer()),
    created_ms: integer(),
    last_accessed_ms: nullable(integer()),
    sessions_valid_from_ms: integer(),
  },
  unique: [['uuid'], ['name']],
  indexes: [['email'], ['owner_id', 'name'], ['kind', 'name']],
  checks: { ck_accounts_owner: "(kind = 'robot') = (owner_id is not null)" },
  // Organizations may share the address of a person.
  uniqueExpressions: { uq_accounts_email_of_user: "case when kind = 'user' then email end" },
};

const robots: Table = {
  name: 'robots',
  columns: {
    account_id: references('accounts', 'cascade'),
    description: text(),
    unstructured_json: text(),
    token_encrypted: text(),
  },
  primaryKey: ['account_id'],
};

const federatedLogins: Table = {
  name: 'federated_logins',
  columns: {
    id: id(),
    account_id: references('accounts', 'cascade'),
    service: name(255),
    service_ident: name(255),
    metadata_json: text(),
  },
  unique: [
    ['service', 'service_ident'],
    ['account_id', 'service'],
  ],
};

const teams: Table = {
  name: 'teams',
  columns: {
    id: id(),
    organization_id: references('accounts', 'cascade'),
    name: name(255),
    role: oneOf('admin', 'creator', 'member'),
    description: text(),
  },
  unique: [['organization_id', 'name']],
};

const teamMembers: Table = {
  name: 'team_members',
  columns: { team_id: references('teams', 'cascade'), account_id: references('accounts', 'cascade') },
  primaryKey: ['team_id', 'account_id'],
  indexes: [['account_id']],
};

const repositories: Table = {
  name: 'repositories',
  columns: {
    id: id(),
    uuid: uuid(),
    namespace_id: references('accounts', 'restrict'),
    name: name(255),
    visibility: oneOf('public', 'private'),
    kind: oneOf('image', 'application'),
    state: oneOf('NORMAL', 'READ_ONLY', 'MIRROR', 'MARKED_FOR_DELETION', 'ORG_MIRROR'),
    description: text(),
    badge_token: name(255),
    trust_enabled: flag(),
    created_ms: integer(),
    event_number: integer(),
  },
  unique: [['uuid'], ['namespace_id', 'name']],
  indexes: [['state']],
};

const repositoryPermissions: Table = {
  name: 'repository_permissions',
  columns: {
    id: id(),
    repository_id: references('repositories', 'cascade'),
    account_id: nullable(references('accounts', 'cascade')),
    team_id: nullable(references('teams', 'cascade')),
    role: oneOf('admin', 'write', 'read'),
  },
  unique: [
    ['repository_id', 'account_id'],
    ['repository_id', 'team_id'],
  ],
  indexes: [
    ['account_id', 'repository_id'],
    ['team_id', 'repository_id'],
  ],
  checks: { ck_repository_permissions_one: '(account_id is null) <> (team_id is null)' },
};

const permissionPrototypes: Table = {
  name: 'permission_prototypes',
  columns: {
    id: id(),
    uuid: uuid(),
    organization_id: references('accounts', 'cascade'),
    activating_account_id: nullable(references('accounts', 'cascade')),
    delegate_account_id: nullable(references('accounts', 'cascade')),
    delegate_team_id: nullable(references('teams', 'cascade')),
    role: oneOf('admin', 'write', 'read'),
  },
  unique: [['uuid']],
  indexes: [
    ['organization_id', 'activating_account_id'],
    ['activating_account_id'],
    ['delegate_account_id'],
    ['delegate_team_id'],
  ],
  checks: { ck_permission_prototypes_one: '(delegate_account_id is null) <> (delegate_team_id is null)' },
};

const stars: Table = {
  name: 'stars',
  columns: {
    account_id: references('accounts', 'cascade'),
    repository_id: references('repositories', 'cascade'),
    created_ms: integer(),
  },
  primaryKey: ['account_id', 'repository_id'],
  indexes: [['repository_id']],
};

const appTokens: Table = {
  name: 'app_tokens',
  columns: {
    id: id(),
    uuid: uuid(),
    account_id: references('accounts', 'cascade'),
    title: name(255),
    token_name: name(255),
    secret_encrypted: text(),
    created_ms: integer(),
    expires_ms: nullable(integer()),
    last_accessed_ms: nullable(integer()),
  },
  unique: [['uuid'], ['token_name']],
  indexes: [['account_id', 'created_ms'], ['expires_ms']],
};

const oauthApplications: Table = {
  name: 'oauth_applications',
  columns: {
    id: id(),
    client_id: name(255),
    client_secret_encrypted: text(),
    redirect_uri: text(),
    application_uri: text(),
    owner_id: references('accounts', 'cascade'),
    name: name(255),
    description: text(),
    avatar_email: nullable(name(255)),
    created_ms: integer(),
  },
  unique: [['client_id']],
  indexes: [['owner_id', 'name']],
};

const oauthAuthorizationCodes: Table = {
  name: 'oauth_authorization_codes',
  columns: {
    id: id(),
    application_id: references('oauth_applications', 'cascade'),
    account_id: references('accounts', 'cascade'),
    code_name: name(255),
    code_hash: name(255),
    redirect_uri: text(),
    scope: text(),
    created_ms: integer(),
  },
  unique: [['code_name']],
  indexes: [['application_id'], ['account_id'], ['created_ms']],
};

const oauthAccessTokens: Table = {
  name: 'oauth_access_tokens',
  columns: {
    id: id(),
    uuid: uuid(),
    application_id: references('oauth_applications', 'cascade'),
    account_id: references('accounts', 'cascade'),
    scope: text(),
    token_name: name(255),
    token_hash: name(255),
    created_ms: integer(),
    expires_ms: integer(),
    last_accessed_ms: nullable(integer()),
  },
  unique: [['uuid'], ['token_name']],
  indexes: [['application_id'], ['account_id'], ['expires_ms']],
};

const accessTokens: Table = {
  name: 'access_tokens',
  columns: {
    id: id(),
    repository_id: references('repositories', 'cascade'),
    friendly_name: name(255),
    token_name: name(255),
    code_encrypted: text(),
    role: oneOf('admin', 'write', 'read'),
    kind: oneOf('build-worker', 'pushpull-token'),
    temporary: flag(),
    created_ms: integer(),
  },
  unique: [['token_name']],
  indexes: [['repository_id']],
};

const serviceKeys: Table = {
  name: 'service_keys',
  columns: {
    id: id(),
    name: name(255),
    kid: name(255),
    service: name(255),
    jwk_json: text(),
    metadata_json: text(),
    created_ms: integer(),
    expires_ms: nullable(integer()),
    rotation_duration_s: nullable(integer()),
    approval_type: nullable(oneOf('Super User API', 'Key Rotation', 'Automatic')),
    approver_id: nullable(references('accounts', 'set null')),
    approved_ms: nullable(integer()),
    approval_notes: text(),
  },
  unique: [['kid']],
  indexes: [['service'], ['expires_ms'], ['approver_id']],
};

const storageLocations: Table = {
  name: 'storage_locations',
  columns: { id: id(), name: name(255) },
  unique: [['name']],
};

const blobs: Table = {
  name: 'blobs',
  columns: {
    id: id(),
    digest: digest(),
    size_bytes: integer(),
    uncompressed_size_bytes: nullable(integer()),
    legacy_uuid: nullable(name(255)),
    created_ms: integer(),
    lease_expires_ms: integer(),
  },
  unique: [['digest']],
  checks: { ck_blobs_size: 'size_bytes >= 0' },
};

const blobPlacements: Table = {
  name: 'blob_placements',
  columns: {
    blob_id: references('blobs', 'restrict'),
    location_id: references('storage_locations', 'restrict'),
  },
  primaryKey: ['blob_id', 'location_id'],
  indexes: [['location_id']],
};

const blobLinks: Table = {
  name: 'blob_links',
  columns: {
    repository_id: references('repositories', 'cascade'),
    blob_id: references('blobs', 'restrict'),
    expires_ms: integer(),
  },
  primaryKey: ['repository_id', 'blob_id'],
  indexes: [['blob_id'], ['expires_ms']],
};

const hiddenBlobs: Table = {
  name: 'hidden_blobs',
  columns: {
    repository_id: references('repositories', 'cascade'),
    blob_id: references('blobs', 'cascade'),
  },
  primaryKey: ['repository_id', 'blob_id'],
  indexes: [['blob_id']],
};

const blobDeletions: Table = {
  name: 'blob_deletions',
  columns: {
    id: id(),
    digest: digest(),
    location_id: references('storage_locations', 'restrict'),
    path: text(),
    state: oneOf('pending', 'deleting'),
    owner: nullable(name(255)),
    lease_expires_ms: nullable(integer()),
    created_ms: integer(),
  },
  unique: [['digest', 'location_id']],
  indexes: [['location_id'], ['state', 'lease_expires_ms']],
};

const uploads: Table = {
  name: 'uploads',
  columns: {
    id: id(),
    uuid: uuid(),
    repository_id: references('repositories', 'restrict'),
    location_id: references('storage_locations', 'restrict'),
    size_bytes: integer(),
    chunk_count: integer(),
    algorithm: name(32),
    digest_so_far: nullable(digest()),
    hash_state: nullable(bytes()),
    storage_state_json: text(),
    created_ms: integer(),
    updated_ms: integer(),
    lock_owner: nullable(name(255)),
    lock_expires_ms: nullable(integer()),
  },
  unique: [['uuid']],
  indexes: [['repository_id'], ['location_id'], ['updated_ms']],
};

const manifests: Table = {
  name: 'manifests',
  columns: {
    id: id(),
    repository_id: references('repositories', 'restrict'),
    digest: digest(),
    media_type: name(255),
    bytes: bytes(),
    size_bytes: integer(),
    config_media_type: nullable(name(255)),
    artifact_type: nullable(name(255)),
    subject_digest: nullable(digest()),
    layers_size_bytes: nullable(integer()),
    created_ms: integer(),
  },
  unique: [['repository_id', 'digest']],
  indexes: [['repository_id', 'subject_digest', 'digest']],
};

const manifestBlobs: Table = {
  name: 'manifest_blobs',
  columns: {
    repository_id: references('repositories', 'restrict'),
    manifest_id: references('manifests', 'cascade'),
    blob_id: references('blobs', 'restrict'),
  },
  primaryKey: ['manifest_id', 'blob_id'],
  indexes: [['blob_id'], ['repository_id', 'blob_id']],
};

const manifestChildren: Table = {
  name: 'manifest_children',
  columns: {
    repository_id: references('repositories', 'restrict'),
    manifest_id: references('manifests', 'cascade'),
    child_manifest_id: references('manifests', 'restrict'),
  },
  primaryKey: ['manifest_id', 'child_manifest_id'],
  indexes: [['child_manifest_id'], ['repository_id']],
};

const manifestLabels: Table = {
  name: 'manifest_labels',
  columns: {
    id: id(),
    uuid: uuid(),
    repository_id: references('repositories', 'restrict'),
    manifest_id: references('manifests', 'cascade'),
    key: name(255),
    value: text(),
    media_type: oneOf('text/plain', 'application/json'),
    source_type: oneOf('manifest', 'api', 'internal'),
  },
  unique: [['uuid']],
  indexes: [['manifest_id', 'key'], ['repository_id']],
};

const tags: Table = {
  name: 'tags',
  columns: {
    id: id(),
    repository_id: references('repositories', 'restrict'),
    name: name(255),
    manifest_id: references('manifests', 'restrict'),
    start_ms: integer(),
    end_ms: nullable(integer()),
    hidden: flag(),
    reversion: flag(),
    immutable: flag(),
  },
  indexes: [
    ['repository_id', 'name', 'start_ms'],
    ['repository_id', 'start_ms'],
    ['repository_id', 'end_ms'],
    ['end_ms'],
    ['manifest_id', 'end_ms'],
  ],
};

const currentTags: Table = {
  name: 'current_tags',
  columns: {
    repository_id: references('repositories', 'restrict'),
    name: name(255),
    tag_id: references('tags', 'restrict'),
  },
  primaryKey: ['repository_id', 'name'],
  unique: [['tag_id']],
};

const queueItems: Table = {
  name: 'queue_items',
  columns: {
    id: id(),
    queue_name: name(512),
    body: text(),
    available_after_ms: integer(),
    available: flag(),
    processing_expires_ms: nullable(integer()),
    retries_remaining: integer(),
    state_id: uuid(),
    created_ms: integer(),
  },
  indexes: [
    ['queue_name', 'available', 'available_after_ms'],
    ['queue_name', 'processing_expires_ms'],
    ['available_after_ms'],
  ],
};

const outbox: Table = {
  name: 'outbox',
  columns: {
    id: id(),
    topic: name(255),
    repository_id: nullable(integer()),
    event_number: nullable(integer()),
    body: text(),
    created_ms: integer(),
    available_after_ms: integer(),
    attempts: integer(),
    parked: flag(),
    owner: nullable(name(255)),
    lease_expires_ms: nullable(integer()),
  },
  indexes: [
    ['parked', 'available_after_ms'],
    ['repository_id', 'event_number'],
  ],
};

const actionLogs: Table = {
  name: 'action_logs',
  columns: {
    id: id(),
    uuid: uuid(),
    kind: name(255),
    account_id: nullable(integer()),
    performer_id: nullable(integer()),
    repository_id: nullable(integer()),
    created_ms: integer(),
    ip: nullable(name(64)),
    metadata_json: text(),
  },
  unique: [['uuid']],
  indexes: [
    ['created_ms', 'id'],
    ['account_id', 'created_ms', 'id'],
    ['performer_id', 'created_ms', 'id'],
    ['repository_id', 'created_ms', 'id'],
  ],
};

const leases: Table = {
  name: 'leases',
  columns: {
    name: name(255),
    owner: name(255),
    expires_ms: integer(),
    last_run_ms: nullable(integer()),
  },
  primaryKey: ['name'],
};

const settings: Table = {
  name: 'settings',
  columns: { name: name(255), value: text() },
  primaryKey: ['name'],
};

/** In an order in which each table follows those that it refers to. */
export const initialTables: readonly Table[] = [
  accounts,
  robots,
  federatedLogins,
  teams,
  teamMembers,
  repositories,
  repositoryPermissions,
  permissionPrototypes,
  stars,
  appTokens,
  oauthApplications,
  oauthAuthorizationCodes,
  oauthAccessTokens,
  accessTokens,
  serviceKeys,
  storageLocations,
  blobs,
  blobPlacements,
  blobLinks,
  hiddenBlobs,
  blobDeletions,
  uploads,
  manifests,
  manifestBlobs,
  manifestChildren,
  manifestLabels,
  tags,
  currentTags,
  queueItems,
  outbox,
  actionLogs,
  leases,
  settings,
];

export const initial: Migration = {
  number: 1,
  name: 'initial',
  steps: (target) =>
    initialTables
      .flatMap((table) => createTableStatements(table, target))
      .map((statement) => async (db) => {
        await sql.raw(statement).execute(db);
      }),
};
