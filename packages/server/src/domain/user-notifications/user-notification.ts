/** What a notification tells; names of Quay's API. Every event of a repository is a kind too. */
const userNotificationKinds = [
  'repo_push',
  'build_queued',
  'build_start',
  'build_success',
  'build_failure',
  'build_cancelled',
  'vulnerability_found',
  'repo_mirror_sync_started',
  'repo_mirror_sync_success',
  'repo_mirror_sync_failed',
  'repo_image_expiry',
  'quota_warning',
  'quota_error',
  'test_notification',
  'password_required',
  'over_private_usage',
  'maintenance',
  'org_team_invite',
  'service_key_submitted',
  'expiring_license',
  'assigned_authorization',
] as const;

export type UserNotificationKind = (typeof userNotificationKinds)[number];

/** These stand for something to do, and stay until it is done. */
export const lastingKinds: readonly UserNotificationKind[] = [
  'password_required',
  'over_private_usage',
  'org_team_invite',
  'service_key_submitted',
  'assigned_authorization',
];

/** A line in the list of a person, or of everybody who administers an organization. */
export interface UserNotification {
  readonly uuid: string;
  /** One of `userNotificationKinds`, or what an older registry wrote. */
  readonly kind: string;
  /** Name of the organization it was sent to; null when it was sent to the person. */
  readonly organization: string | null;
  readonly metadata: unknown;
  readonly dismissed: boolean;
  readonly createdMs: number;
}
