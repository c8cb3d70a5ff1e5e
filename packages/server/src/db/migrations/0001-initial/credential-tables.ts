import { flag, id, integer, name, nullable, oneOf, references, text } from '#/db/migrations/columns.ts';
import type { Table } from '#/db/migrations/create-table.ts';

const uuid = () => name(36);

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
  indexes: [['application_id', 'id'], ['account_id'], ['expires_ms']],
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

/** Tokens, applications and keys. */
export const credentialTables: readonly Table[] = [
  appTokens,
  oauthApplications,
  oauthAuthorizationCodes,
  oauthAccessTokens,
  accessTokens,
  serviceKeys,
];
