import { flag, id, integer, name, nullable, oneOf, references, text } from '#/db/migrations/columns.ts';
import type { Table } from '#/db/migrations/create-table.ts';

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
  indexes: [['email'], ['owner_id', 'name'], ['kind', 'name'], ['tag_expiration_s'], ['superuser']],
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
  indexes: [['state'], ['visibility', 'id'], ['name', 'id']],
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

/** Who there is, what they own and what they may do. */
export const namespaceTables: readonly Table[] = [
  accounts,
  robots,
  federatedLogins,
  teams,
  teamMembers,
  repositories,
  repositoryPermissions,
  permissionPrototypes,
  stars,
];
