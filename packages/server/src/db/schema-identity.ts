import type { Generated } from 'kysely';

/* Rows of accounts, rights, tokens and keys; conventions in schema.ts. */

type Id = Generated<number>;
export type Flag = 0 | 1;

export type AccountKind = 'user' | 'organization' | 'robot';
export type TeamRole = 'admin' | 'creator' | 'member';
export type RepositoryRole = 'admin' | 'write' | 'read';
export type Visibility = 'public' | 'private';
export type RepositoryKind = 'image' | 'application';
export type RepositoryState = 'NORMAL' | 'READ_ONLY' | 'MIRROR' | 'MARKED_FOR_DELETION' | 'ORG_MIRROR';

/** People, organizations and robots share one space of names. Robots are called `namespace+short`. */
export interface AccountsTable {
  id: Id;
  uuid: string;
  kind: AccountKind;
  name: string;
  email: string | null;
  /** bcrypt; null for robots, organizations and federated people. */
  password_hash: string | null;
  /** Of a robot: the user or organization that owns it. */
  owner_id: number | null;
  enabled: Flag;
  verified: Flag;
  /** Superuser by database (the first user), beside `SUPER_USERS`. */
  superuser: Flag;
  given_name: string | null;
  family_name: string | null;
  company: string | null;
  location: string | null;
  invoice_email: Flag;
  invoice_email_address: string | null;
  invalid_login_attempts: number;
  last_invalid_login_ms: number | null;
  /** Time machine window of the namespace. */
  tag_expiration_s: number;
  maximum_queued_builds: number | null;
  created_ms: number;
  last_accessed_ms: number | null;
  /** Moves when a password changes or all sessions are ended: older sessions are void. */
  sessions_valid_from_ms: number;
}

export interface RobotsTable {
  account_id: number;
  description: string;
  unstructured_json: string;
  /** Encrypted with DATABASE_SECRET_KEY; 64 characters in clear. */
  token_encrypted: string;
}

export interface FederatedLoginsTable {
  id: Id;
  account_id: number;
  service: string;
  service_ident: string;
  metadata_json: string;
}

export interface TeamsTable {
  id: Id;
  organization_id: number;
  name: string;
  role: TeamRole;
  description: string;
}

export interface TeamMembersTable {
  team_id: number;
  account_id: number;
}

export interface RepositoriesTable {
  id: Id;
  uuid: string;
  namespace_id: number;
  name: string;
  visibility: Visibility;
  kind: RepositoryKind;
  state: RepositoryState;
  description: string;
  badge_token: string;
  trust_enabled: Flag;
  created_ms: number;
  /** Grows under the repository's row lock with every ordered event. */
  event_number: number;
}

/** Exactly one of account_id and team_id is set. */
export interface RepositoryPermissionsTable {
  id: Id;
  repository_id: number;
  account_id: number | null;
  team_id: number | null;
  role: RepositoryRole;
}

/** Default permissions; exactly one delegate is set. */
export interface PermissionPrototypesTable {
  id: Id;
  uuid: string;
  organization_id: number;
  activating_account_id: number | null;
  delegate_account_id: number | null;
  delegate_team_id: number | null;
  role: RepositoryRole;
}

export interface StarsTable {
  account_id: number;
  repository_id: number;
  created_ms: number;
}

export interface AppTokensTable {
  id: Id;
  uuid: string;
  account_id: number;
  title: string;
  /** First 60 characters of the token, in clear. */
  token_name: string;
  secret_encrypted: string;
  created_ms: number;
  expires_ms: number | null;
  last_accessed_ms: number | null;
}

export interface OauthApplicationsTable {
  id: Id;
  client_id: string;
  client_secret_encrypted: string;
  redirect_uri: string;
  application_uri: string;
  /** The user or organization that owns it. */
  owner_id: number;
  name: string;
  description: string;
  avatar_email: string | null;
  created_ms: number;
}

export interface OauthAuthorizationCodesTable {
  id: Id;
  application_id: number;
  account_id: number;
  code_name: string;
  code_hash: string;
  redirect_uri: string;
  scope: string;
  created_ms: number;
}

export interface OauthAccessTokensTable {
  id: Id;
  uuid: string;
  application_id: number;
  account_id: number;
  scope: string;
  /** First 20 characters of the token, in clear. */
  token_name: string;
  /** bcrypt or sha256 hash of the other 20. */
  token_hash: string;
  created_ms: number;
  expires_ms: number;
  last_accessed_ms: number | null;
}

/** Tokens of one repository (`$token`). */
export interface AccessTokensTable {
  id: Id;
  repository_id: number;
  friendly_name: string;
  /** First 32 characters, in clear. */
  token_name: string;
  code_encrypted: string;
  role: RepositoryRole;
  kind: 'build-worker' | 'pushpull-token';
  temporary: Flag;
  created_ms: number;
}

export interface ServiceKeysTable {
  id: Id;
  name: string;
  kid: string;
  service: string;
  jwk_json: string;
  metadata_json: string;
  created_ms: number;
  expires_ms: number | null;
  rotation_duration_s: number | null;
  approval_type: 'Super User API' | 'Key Rotation' | 'Automatic' | null;
  approver_id: number | null;
  approved_ms: number | null;
  approval_notes: string;
}
