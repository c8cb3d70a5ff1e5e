import type { KeyDefinition, Since } from '#/config/key.ts';
import { anything, boolean, type ValueType } from '#/config/value-types.ts';
import { type KnownKeyGroup, known, unlisted } from './known-key.ts';

function all(names: string, type: ValueType<unknown>, since: Since, summary: string): KeyDefinition[] {
  return names.split(' ').map((name) => known(name, type, undefined, since, summary));
}

/** Keys of the hosted service, of the Python web framework, and of migrations that lie behind: nothing reads them, now or later. */
export const hostedKeys: KnownKeyGroup = {
  title: 'Hosted service and internals of other servers',
  keys: [
    ...all('FEATURE_BILLING', boolean, unlisted, 'Plans and prices of the hosted service.'),
    ...all(
      'BILLING_TYPE STRIPE_SECRET_KEY STRIPE_PUBLISHABLE_KEY ANALYTICS_TYPE USER_ANALYTICS_TYPE QUEUE_METRICS_TYPE MIXPANEL_KEY MARKETO_MUNCHKIN_ID MARKETO_MUNCHKIN_PRIVATE_KEY MARKETO_CLIENT_ID MARKETO_CLIENT_SECRET MARKETO_LEAD_SOURCE GOOGLE_ANALYTICS_KEY GOOGLE_TAGMANAGER_KEY CLOUDWATCH_NAMESPACE CLOUDWATCH_AWS_ACCESS_KEY CLOUDWATCH_AWS_SECRET_KEY',
      anything,
      unlisted,
      'Billing and analytics of the hosted service.',
    ),
    ...all(
      'FEATURE_EXPORT_COMPLIANCE FEATURE_ENTITLEMENT_RECONCILIATION FEATURE_RH_MARKETPLACE',
      boolean,
      '3.9',
      'Trade checks of the hosted service.',
    ),
    ...all(
      'EXPORT_COMPLIANCE_ENDPOINT ENTITLEMENT_RECONCILIATION_USER_ENDPOINT ENTITLEMENT_RECONCILIATION_MARKETPLACE_ENDPOINT',
      anything,
      '3.9',
      'Endpoint of those checks.',
    ),
    ...all('FEATURE_PROGRAMMATIC_BOOTSTRAP', boolean, '3.x', 'A first token without the pages.'),
    ...all(
      'BOOTSTRAP_TOKEN_OWNER BOOTSTRAP_TOKEN_PATH BOOTSTRAP_TOKEN_EXPIRATION BOOTSTRAP_TOKEN_SCOPE PROGRAMMATIC_TOKEN_PATH PROGRAMMATIC_TOKEN_K8S_SECRET PROGRAMMATIC_TOKEN_K8S_KEY PROGRAMMATIC_TOKEN_K8S_NAMESPACE',
      anything,
      '3.x',
      'Detail of that token.',
    ),
    ...all(
      'FEATURE_SPAM_DETECTION SPAM_DETECTION_DRY_RUN SPAM_DETECTION_FAIL_OPEN',
      boolean,
      '3.x',
      'Filter of repository descriptions.',
    ),
    ...all(
      'SPAM_DETECTION_CLASSIFIER_PATH SPAM_DETECTION_CLASSIFIER_VERSION SPAM_DETECTION_CLASSIFIER_SHA256',
      anything,
      '3.x',
      'Detail of that filter.',
    ),
    ...all(
      'APPLICATION_ROOT JSONIFY_PRETTYPRINT_REGULAR MAX_COOKIE_SIZE PROPAGATE_EXCEPTIONS SEND_FILE_MAX_AGE_DEFAULT SESSION_REFRESH_EACH_REQUEST TRAP_HTTP_EXCEPTIONS EXPLAIN_TEMPLATE_LOADING USE_X_SENDFILE DEBUG AVATAR_COLORS CHANNEL_COLORS DEFAULT_LABEL_KEY_RESERVED_PREFIXES STATUS_TAGS HTTPCLIENT GITLAB_TRIGGER_KIND',
      anything,
      '3.2',
      'Setting of the Python web framework, or a constant of its code.',
    ),
    ...all(
      'BACKFILL_TAGS BACKFILL_TAG_MANIFEST_LABELS OCI_NAMESPACE_PROPORTION OCI_NAMESPACE_WHITELIST V22_NAMESPACE_WHITELIST',
      anything,
      '3.2',
      'Aid of the migration to the data model of 3.0.',
    ),
  ],
};
