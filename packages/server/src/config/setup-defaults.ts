import { allKeys, type RawValues } from '#/config/effective-values.ts';

/** Always written so, whatever was there. */
const forced: RawValues = { TESTING: false, USE_CDN: false };

/** Written into a file that lacks them, as Quay's set-up tool does; without a value here the default of the key. */
const absent: Readonly<Record<string, unknown>> = {
  REGISTRY_TITLE: undefined,
  REGISTRY_TITLE_SHORT: undefined,
  FEATURE_USER_LOG_ACCESS: true,
  FEATURE_USER_CREATION: true,
  FEATURE_ANONYMOUS_ACCESS: true,
  FEATURE_REQUIRE_TEAM_INVITE: true,
  FEATURE_CHANGE_TAG_EXPIRATION: true,
  FEATURE_DIRECT_LOGIN: true,
  FEATURE_APP_SPECIFIC_TOKENS: true,
  FEATURE_PARTIAL_USER_AUTOCOMPLETE: true,
  FEATURE_SECURITY_NOTIFICATIONS: true,
  FEATURE_USERNAME_CONFIRMATION: true,
  FEATURE_MAILING: false,
  FEATURE_BUILD_SUPPORT: false,
  FEATURE_ACI_CONVERSION: false,
  FEATURE_APP_REGISTRY: false,
  FEATURE_SECURITY_SCANNER: false,
  FEATURE_REPO_MIRROR: false,
  SIGNING_ENGINE: 'gpg2',
  GPG2_PRIVATE_KEY_FILENAME: 'signing-private.gpg',
  GPG2_PUBLIC_KEY_FILENAME: 'signing-public.gpg',
  SECURITY_SCANNER_ISSUER_NAME: 'security_scanner',
  TAG_EXPIRATION_OPTIONS: undefined,
  DEFAULT_TAG_EXPIRATION: undefined,
  MAIL_USE_TLS: true,
  MAIL_PORT: 587,
  MAIL_DEFAULT_SENDER: undefined,
  AUTHENTICATION_TYPE: 'Database',
  PREFERRED_URL_SCHEME: 'http',
  ENTERPRISE_LOGO_URL: undefined,
  TEAM_RESYNC_STALE_TIME: '60m',
};

/**
 * The values with what Quay's set-up tool adds on every save. Keys of the database and secrets are left alone: they stay in the file of each
 * node.
 */
export function withSetupDefaults(
  values: RawValues,
  options: { readonly dataDirectory: string; readonly hostname: string | undefined },
): Record<string, unknown> {
  const completed: Record<string, unknown> = { ...values };
  for (const [name, value] of Object.entries(absent)) {
    if (values[name] !== undefined && values[name] !== null) continue;
    const added = value ?? allKeys.get(name)?.defaultRaw({ dataDirectory: options.dataDirectory });
    if (added !== undefined && added !== null) completed[name] = added;
  }
  if (completed.SERVER_HOSTNAME === undefined && options.hostname !== undefined)
    completed.SERVER_HOSTNAME = options.hostname;
  return { ...completed, ...forced };
}
