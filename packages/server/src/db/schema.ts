import type { Generated, Insertable, Selectable } from 'kysely';
import type { ConfigurationNodesTable, ConfigurationVersionsTable } from './schema-configuration.ts';
import type {
  AccessTokensTable,
  AccountsTable,
  AppTokensTable,
  FederatedLoginsTable,
  Flag,
  OauthAccessTokensTable,
  OauthApplicationsTable,
  OauthAuthorizationCodesTable,
  PermissionPrototypesTable,
  RepositoriesTable,
  RepositoryPermissionsTable,
  RobotsTable,
  ServiceKeysTable,
  StarsTable,
  TeamMembersTable,
  TeamsTable,
} from './schema-identity.ts';
import type {
  AccountPromptsTable,
  ActionLogArchivesTable,
  AuthorizedEmailsTable,
  DeletedNamespacesTable,
  DeletedRepositoriesTable,
  EmailCodesTable,
  GlobalMessagesTable,
  OauthAssignmentsTable,
  OauthCodeDetailsTable,
  OauthTokenDetailsTable,
  RegistrySizeTable,
  RepositoryActionCountsTable,
  RepositoryNotificationsTable,
  RepositoryScoresTable,
  RobotFederationAudiencesTable,
  RobotFederationsTable,
  SessionsTable,
  TeamInvitesTable,
  TeamSyncsTable,
  UserNotificationsTable,
} from './schema-lifecycle.ts';

export type * from './schema-configuration.ts';
export type * from './schema-identity.ts';
export type * from './schema-lifecycle.ts';

/*
 * The tables as queries see them. Conventions on every database: `id` is a generated integer; instants are milliseconds since the
 * epoch in `*_ms` (BIGINT); flags are 0 or 1; JSON is text; names, tags and digests compare by bytes.
 */

type Id = Generated<number>;

export interface StorageLocationsTable {
  id: Id;
  name: string;
}

/** One row per digest, whatever the number of repositories and locations. */
export interface BlobsTable {
  id: Id;
  digest: string;
  size_bytes: number;
  uncompressed_size_bytes: number | null;
  /** Of a layer from an old Quay, stored under `sharedimages/`. */
  legacy_uuid: string | null;
  created_ms: number;
  /** While this lies ahead, collection leaves the row alone even if nothing refers to it. */
  lease_expires_ms: number;
}

export interface BlobPlacementsTable {
  blob_id: number;
  location_id: number;
}

/** A blob uploaded or mounted in a repository lately: visible there until a manifest uses it or the time is over. */
export interface BlobLinksTable {
  repository_id: number;
  blob_id: number;
  expires_ms: number;
}

/** A blob deleted by a client though a manifest in the time machine still needs it: 404 until uploaded, mounted or restored. */
export interface HiddenBlobsTable {
  repository_id: number;
  blob_id: number;
}

/** Objects to be removed from a location; see domain/blobs. */
export interface BlobDeletionsTable {
  id: Id;
  digest: string;
  location_id: number;
  path: string;
  state: 'pending' | 'deleting';
  owner: string | null;
  lease_expires_ms: number | null;
  created_ms: number;
}

export interface UploadsTable {
  id: Id;
  uuid: string;
  repository_id: number;
  location_id: number;
  size_bytes: number;
  chunk_count: number;
  /** `sha256` or `sha512`: what the client announced, sha256 when silent. */
  algorithm: string;
  /** Hex digest over the bytes 0 to size_bytes - 1 under `algorithm`; null before the first byte. */
  digest_so_far: string | null;
  /** Exported state of a resumable hash over the same bytes, once one was needed. */
  hash_state: Buffer | null;
  storage_state_json: string;
  created_ms: number;
  updated_ms: number;
  /** Holder of the upload while a request works on it. */
  lock_owner: string | null;
  lock_expires_ms: number | null;
}

export interface ManifestsTable {
  id: Id;
  repository_id: number;
  digest: string;
  media_type: string;
  /** Exactly as received. Never selected by list queries. */
  bytes: Buffer;
  size_bytes: number;
  config_media_type: string | null;
  artifact_type: string | null;
  subject_digest: string | null;
  /** Of a manifest with a subject: what the list of referrers repeats, so that listing reads no manifest. */
  annotations_json: string | null;
  /** Sum of the layers' sizes; null for indexes. */
  layers_size_bytes: number | null;
  created_ms: number;
}

export interface ManifestBlobsTable {
  repository_id: number;
  manifest_id: number;
  blob_id: number;
}

export interface ManifestChildrenTable {
  repository_id: number;
  manifest_id: number;
  child_manifest_id: number;
}

/** What an index lists and the repository does not hold yet (`FEATURE_SPARSE_INDEX`). */
export interface ManifestMissingChildrenTable {
  repository_id: number;
  manifest_id: number;
  digest: string;
}

export interface ManifestLabelsTable {
  id: Id;
  uuid: string;
  repository_id: number;
  manifest_id: number;
  key: string;
  value: string;
  media_type: 'text/plain' | 'application/json';
  source_type: 'manifest' | 'api' | 'internal';
}

/** History of tags; a row is alive while `end_ms` is null or ahead. */
export interface TagsTable {
  id: Id;
  repository_id: number;
  name: string;
  manifest_id: number;
  start_ms: number;
  end_ms: number | null;
  /** Keeps a manifest alive without a name for people (`$temp-<uuid>`). */
  hidden: Flag;
  reversion: Flag;
  immutable: Flag;
}

/** The one live row per visible name; changed in the transaction that changes `tags`. Its row may have expired meanwhile. */
export interface CurrentTagsTable {
  repository_id: number;
  name: string;
  tag_id: number;
}

/** Rows of a repository's history that are not hidden, ended ones too; of a repository without a row nobody has counted them. */
export interface TagCountsTable {
  repository_id: number;
  visible: number;
}

export interface QueueItemsTable {
  id: Id;
  queue_name: string;
  body: string;
  available_after_ms: number;
  available: Flag;
  processing_expires_ms: number | null;
  retries_remaining: number;
  /** A new value at every write: the optimistic lock. */
  state_id: string;
  created_ms: number;
}

/** Deliveries, written in the transaction of their cause and deleted when done. */
export interface OutboxTable {
  id: Id;
  topic: string;
  repository_id: number | null;
  /** Order within a repository (repositories.event_number). */
  event_number: number | null;
  body: string;
  created_ms: number;
  available_after_ms: number;
  attempts: number;
  /** Set after the last retry: kept for people, blocks nothing. */
  parked: Flag;
  owner: string | null;
  lease_expires_ms: number | null;
}

export interface ActionLogsTable {
  id: Id;
  /** Makes replays of spilled entries idempotent. */
  uuid: string;
  kind: string;
  /** Namespace that the entry is filed under; plain numbers, so that entries outlive what they name. */
  account_id: number | null;
  performer_id: number | null;
  repository_id: number | null;
  created_ms: number;
  ip: string | null;
  metadata_json: string;
  /** Of LoggedRequest; null unless `FEATURE_EXTENDED_ACTION_LOGGING`. */
  request_json: string | null;
}

/** Named leases for periodic work: one holder at a time over all nodes. */
export interface LeasesTable {
  name: string;
  owner: string;
  expires_ms: number;
  last_run_ms: number | null;
}

/** Facts about the installation, such as `first_user_created`. */
export interface SettingsTable {
  name: string;
  value: string;
}

export interface Schema {
  accounts: AccountsTable;
  robots: RobotsTable;
  federated_logins: FederatedLoginsTable;
  teams: TeamsTable;
  team_members: TeamMembersTable;
  repositories: RepositoriesTable;
  repository_permissions: RepositoryPermissionsTable;
  permission_prototypes: PermissionPrototypesTable;
  stars: StarsTable;
  app_tokens: AppTokensTable;
  oauth_applications: OauthApplicationsTable;
  oauth_authorization_codes: OauthAuthorizationCodesTable;
  oauth_access_tokens: OauthAccessTokensTable;
  access_tokens: AccessTokensTable;
  service_keys: ServiceKeysTable;
  storage_locations: StorageLocationsTable;
  blobs: BlobsTable;
  blob_placements: BlobPlacementsTable;
  blob_links: BlobLinksTable;
  hidden_blobs: HiddenBlobsTable;
  blob_deletions: BlobDeletionsTable;
  uploads: UploadsTable;
  manifests: ManifestsTable;
  manifest_blobs: ManifestBlobsTable;
  manifest_children: ManifestChildrenTable;
  manifest_missing_children: ManifestMissingChildrenTable;
  manifest_labels: ManifestLabelsTable;
  tags: TagsTable;
  current_tags: CurrentTagsTable;
  tag_counts: TagCountsTable;
  queue_items: QueueItemsTable;
  outbox: OutboxTable;
  action_logs: ActionLogsTable;
  leases: LeasesTable;
  settings: SettingsTable;
  sessions: SessionsTable;
  email_codes: EmailCodesTable;
  account_prompts: AccountPromptsTable;
  team_invites: TeamInvitesTable;
  team_syncs: TeamSyncsTable;
  robot_federations: RobotFederationsTable;
  robot_federation_audiences: RobotFederationAudiencesTable;
  oauth_code_details: OauthCodeDetailsTable;
  oauth_token_details: OauthTokenDetailsTable;
  oauth_assignments: OauthAssignmentsTable;
  deleted_namespaces: DeletedNamespacesTable;
  global_messages: GlobalMessagesTable;
  user_notifications: UserNotificationsTable;
  repository_notifications: RepositoryNotificationsTable;
  authorized_emails: AuthorizedEmailsTable;
  action_log_archives: ActionLogArchivesTable;
  repository_action_counts: RepositoryActionCountsTable;
  repository_scores: RepositoryScoresTable;
  deleted_repositories: DeletedRepositoriesTable;
  registry_size: RegistrySizeTable;
  configuration_versions: ConfigurationVersionsTable;
  configuration_nodes: ConfigurationNodesTable;
}

export type Row<Table extends keyof Schema> = Selectable<Schema[Table]>;
export type NewRow<Table extends keyof Schema> = Insertable<Schema[Table]>;
