import { id, integer, name, nullable, oneOf, references, text } from '#/db/migrations/columns.ts';
import type { Table } from '#/db/migrations/create-table.ts';

const uuid = () => name(36);

const sessions: Table = {
  name: 'sessions',
  columns: {
    id: id(),
    uuid: uuid(),
    account_id: references('accounts', 'cascade'),
    secret_hash: name(64),
    created_ms: integer(),
    login_ms: integer(),
    last_used_ms: integer(),
    expires_ms: integer(),
    ip: nullable(name(64)),
    user_agent: nullable(text()),
  },
  unique: [['uuid']],
  indexes: [['account_id', 'id'], ['expires_ms']],
};

const emailCodes: Table = {
  name: 'email_codes',
  columns: {
    id: id(),
    account_id: references('accounts', 'cascade'),
    kind: oneOf('confirm', 'change', 'recovery'),
    code_hash: name(64),
    new_email: nullable(name(255)),
    created_ms: integer(),
  },
  unique: [['code_hash']],
  indexes: [['account_id'], ['created_ms']],
};

const accountPrompts: Table = {
  name: 'account_prompts',
  columns: {
    account_id: references('accounts', 'cascade'),
    kind: oneOf('confirm_username', 'enter_name', 'enter_company'),
  },
  primaryKey: ['account_id', 'kind'],
};

const teamInvites: Table = {
  name: 'team_invites',
  columns: {
    id: id(),
    team_id: references('teams', 'cascade'),
    account_id: nullable(references('accounts', 'cascade')),
    email: nullable(name(255)),
    inviter_id: references('accounts', 'cascade'),
    code: name(255),
    created_ms: integer(),
  },
  unique: [['code'], ['team_id', 'account_id'], ['team_id', 'email']],
  indexes: [['account_id'], ['inviter_id'], ['email']],
  checks: { ck_team_invites_invitee: '(account_id is null) <> (email is null)' },
};

const teamSyncs: Table = {
  name: 'team_syncs',
  columns: {
    team_id: references('teams', 'cascade'),
    service: name(255),
    config_json: text(),
    transaction_id: uuid(),
    last_updated_ms: nullable(integer()),
  },
  primaryKey: ['team_id'],
  indexes: [['last_updated_ms']],
};

const robotFederations: Table = {
  name: 'robot_federations',
  columns: {
    id: id(),
    robot_id: references('accounts', 'cascade'),
    issuer: name(500),
    subject: name(255),
  },
  unique: [['robot_id', 'issuer', 'subject']],
};

const oauthTokenDetails: Table = {
  name: 'oauth_token_details',
  columns: {
    token_id: references('oauth_access_tokens', 'cascade'),
    title: name(255),
    created_by_id: nullable(references('accounts', 'set null')),
  },
  primaryKey: ['token_id'],
  indexes: [['created_by_id']],
};

const oauthAssignments: Table = {
  name: 'oauth_assignments',
  columns: {
    id: id(),
    uuid: uuid(),
    application_id: references('oauth_applications', 'cascade'),
    account_id: references('accounts', 'cascade'),
    redirect_uri: text(),
    scope: text(),
    response_type: name(32),
    created_ms: integer(),
  },
  unique: [['uuid']],
  indexes: [['account_id'], ['application_id']],
};

const deletedNamespaces: Table = {
  name: 'deleted_namespaces',
  columns: {
    account_id: references('accounts', 'cascade'),
    original_name: name(255),
    original_email: nullable(name(255)),
    marked_ms: integer(),
  },
  primaryKey: ['account_id'],
};

/** Sign-in, invitations, what belongs to tokens, and namespaces that are being deleted. */
export const accountTables: readonly Table[] = [
  sessions,
  emailCodes,
  accountPrompts,
  teamInvites,
  teamSyncs,
  robotFederations,
  oauthTokenDetails,
  oauthAssignments,
  deletedNamespaces,
];
