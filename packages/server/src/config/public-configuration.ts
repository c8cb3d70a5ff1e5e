import type { RawValues } from '#/config/effective-values.ts';
import { loginProviderPattern } from '#/config/login-provider.ts';

/** What anybody may know of the configuration, without the version (REST reference G.2). */
export interface PublicConfiguration {
  readonly config: RawValues;
  /** `FEATURE_X` as `X`. */
  readonly features: Readonly<Record<string, boolean>>;
  /** Public settings of outside services by the key that configures them. */
  readonly oauth: Readonly<Record<string, RawValues>>;
  readonly registry_state: unknown;
  readonly account_recovery_mode: boolean;
}

/** The keys of `config`: nothing that is not on this list leaves the server. */
const publicKeys = [
  'AUTHENTICATION_TYPE',
  'AVATAR_KIND',
  'BRANDING',
  'CHANNEL_COLORS',
  'CONTACT_INFO',
  'DEBUG',
  'DEFAULT_NAMESPACE_AUTOPRUNE_POLICY',
  'DEFAULT_UI',
  'DISABLE_ANGULAR_UI',
  'DOCUMENTATION_ROOT',
  'ENTERPRISE_LOGO_URL',
  'ENTERPRISE_LOGO_URL_DARK',
  'FEATURE_ASSIGN_OAUTH_TOKEN',
  'FEATURE_AUTO_PRUNE',
  'FEATURE_EDIT_QUOTA',
  'FEATURE_IMAGE_EXPIRY_TRIGGER',
  'FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE',
  'FEATURE_ORG_MIRROR',
  'FEATURE_PROXY_CACHE',
  'FEATURE_QUOTA_MANAGEMENT',
  'FEATURE_QUOTA_NOTIFICATIONS',
  'FEATURE_REPO_MIRROR',
  'FOOTER_LINKS',
  'INTERNAL_OIDC_SERVICE_ID',
  'LOCAL_OAUTH_HANDLER',
  'MARKETO_MUNCHKIN_ID',
  'MIXPANEL_KEY',
  'PERMANENTLY_DELETE_TAGS',
  'PREFERRED_URL_SCHEME',
  'QUOTA_BACKFILL',
  'RECAPTCHA_SITE_KEY',
  'REGISTRY_TITLE',
  'REGISTRY_TITLE_SHORT',
  'ROBOTS_DISALLOW',
  'SEARCH_MAX_RESULT_PAGE_COUNT',
  'SEARCH_RESULTS_PER_PAGE',
  'SENTRY_PUBLIC_DSN',
  'SERVER_HOSTNAME',
  'SETUP_COMPLETE',
  'STATIC_SITE_BUCKET',
  'STRIPE_PUBLISHABLE_KEY',
  'TAG_EXPIRATION_OPTIONS',
  'UI_DELAY_AFTER_WRITE_SECONDS',
  'UI_V2_FEEDBACK_FORM',
] as const;

const publicOauthSettings = [
  'CLIENT_ID',
  'AUTHORIZE_ENDPOINT',
  'GITHUB_ENDPOINT',
  'GITLAB_ENDPOINT',
  'ORG_RESTRICT',
];
const triggerPattern = /^(?:GITHUB|GITLAB|BITBUCKET)_TRIGGER_CONFIG$/;
const featurePrefix = 'FEATURE_';

/** Picks what anybody may know. */
export function publicConfiguration(values: RawValues): PublicConfiguration {
  const entries = Object.entries(values);
  return {
    config: pick(values, publicKeys),
    features: Object.fromEntries(
      entries.flatMap(([name, value]) =>
        name.startsWith(featurePrefix) && typeof value === 'boolean'
          ? [[name.slice(featurePrefix.length), value]]
          : [],
      ),
    ),
    oauth: Object.fromEntries(
      entries.flatMap(([name, value]) =>
        (loginProviderPattern.test(name) || triggerPattern.test(name)) && isValues(value)
          ? [[name, pick(value, publicOauthSettings)]]
          : [],
      ),
    ),
    registry_state: values.REGISTRY_STATE,
    account_recovery_mode: values.ACCOUNT_RECOVERY_MODE === true,
  };
}

function pick(values: RawValues, names: readonly string[]): RawValues {
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(values, name) ? [[name, values[name]]] : [])),
  );
}

function isValues(value: unknown): value is RawValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
