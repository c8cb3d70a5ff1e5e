import type { Generated } from 'kysely';
import type { Flag } from './schema-identity.ts';

/* Rows of sessions, invitations, notifications, counters and deletions; conventions in schema.ts. */

type Id = Generated<number>;

/** A person's sign-in; the cookie carries `uuid` and the secret. */
export interface SessionsTable {
  id: Id;
  uuid: string;
  account_id: number;
  /** SHA-256 of the secret, hex. */
  secret_hash: string;
  created_ms: number;
  /** When the password was last given: a fresh log-in counts from here. */
  login_ms: number;
  last_used_ms: number;
  expires_ms: number;
  ip: string | null;
  user_agent: string | null;
}

/** Codes of links that were mailed; used once. */
export interface EmailCodesTable {
  id: Id;
  account_id: number;
  kind: 'confirm' | 'change' | 'recovery';
  /** SHA-256 of the code, hex. */
  code_hash: string;
  /** Where the link was mailed to; of a change, the address that it confirms. */
  new_email: string | null;
  created_ms: number;
}

/** What a person is asked at the next sign-in. */
export interface AccountPromptsTable {
  account_id: number;
  kind: 'confirm_username' | 'enter_name' | 'enter_company';
}

/** Exactly one of account_id and email is set. */
export interface TeamInvitesTable {
  id: Id;
  team_id: number;
  account_id: number | null;
  email: string | null;
  inviter_id: number;
  code: string;
  created_ms: number;
}

/** A team whose members follow a group of the directory. */
export interface TeamSyncsTable {
  team_id: number;
  service: string;
  config_json: string;
  /** A new value at every run: the optimistic lock. */
  transaction_id: string;
  last_updated_ms: number | null;
}

/** An external identity that may obtain registry tokens of a robot. */
export interface RobotFederationsTable {
  id: Id;
  robot_id: number;
  issuer: string;
  subject: string;
}

/** For whom the tokens of an external identity must be meant; without a row: for whomever. */
export interface RobotFederationAudiencesTable {
  federation_id: number;
  audience: string;
}

/** Of every authorization code: what its exchange must prove, and what became of it. */
export interface OauthCodeDetailsTable {
  code_id: number;
  /** BASE64URL(SHA256(verifier)) of RFC 7636; null: the application sent none. */
  challenge: string | null;
  /** When its client presented it first. */
  used_ms: number | null;
  /** Of the bearer token that it became. */
  token_uuid: string | null;
}

/** Of OAuth tokens that an administrator made for an application. */
export interface OauthTokenDetailsTable {
  token_id: number;
  title: string;
  created_by_id: number | null;
}

/** Authorizations that an administrator offers to a person. */
export interface OauthAssignmentsTable {
  id: Id;
  uuid: string;
  application_id: number;
  account_id: number;
  redirect_uri: string;
  scope: string;
  response_type: string;
  created_ms: number;
}

/** Users and organizations that are being deleted; their account is renamed and disabled. */
export interface DeletedNamespacesTable {
  account_id: number;
  original_name: string;
  original_email: string | null;
  marked_ms: number;
}

/** Messages of the operators, shown to everybody. */
export interface GlobalMessagesTable {
  id: Id;
  uuid: string;
  content: string;
  severity: 'info' | 'warning' | 'error';
  media_type: 'text/plain' | 'text/markdown';
  created_ms: number;
}

/** What a user, or the administrators of an organization, see in the interface. */
export interface UserNotificationsTable {
  id: Id;
  uuid: string;
  account_id: number;
  kind: string;
  metadata_json: string;
  dismissed: Flag;
  /** Finds the notifications about one thing, to take them back. */
  lookup_path: string | null;
  created_ms: number;
}

export interface RepositoryNotificationsTable {
  id: Id;
  uuid: string;
  repository_id: number;
  event: string;
  method: string;
  title: string | null;
  config_json: string;
  event_config_json: string;
  /** Deliveries that failed in a row; at three the notification rests until reset. */
  number_of_failures: number;
  created_ms: number;
}

/** Addresses that notifications of a repository may be mailed to. */
export interface AuthorizedEmailsTable {
  id: Id;
  repository_id: number;
  email: string;
  code: string;
  confirmed: Flag;
  created_ms: number;
}

/** A batch of the action log on its way to the store; the row goes in the transaction that removes the entries. */
export interface ActionLogArchivesTable {
  first_id: number;
  last_id: number;
  /** Instant of the last entry: the batch ends with it and last_id. */
  last_created_ms: number;
}

/** Entries of the action log of one repository and day, in UTC. */
export interface RepositoryActionCountsTable {
  repository_id: number;
  /** Days since the epoch. */
  day: number;
  count: number;
}

export interface RepositoryScoresTable {
  repository_id: number;
  score: number;
  updated_ms: number;
}

/** Repositories in state MARKED_FOR_DELETION; their row is renamed. */
export interface DeletedRepositoriesTable {
  repository_id: number;
  original_name: string;
  marked_ms: number;
}

/** How much the registry holds, measured when a superuser asks for it; one row, in slot 1. */
export interface RegistrySizeTable {
  slot: number;
  /** Of the last measurement that ended; 0 before the first. */
  size_bytes: number;
  completed_ms: number | null;
  queued: Flag;
  running: Flag;
}
