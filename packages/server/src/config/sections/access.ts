import { key, section } from '#/config/key.ts';
import { boolean, choice, duration, integer, textList } from '#/config/value-types.ts';

export const accessSection = section('Sign-in and accounts', {
  authenticationType: key(
    'AUTHENTICATION_TYPE',
    choice('Database', 'LDAP', 'JWT', 'Keystone', 'OIDC', 'AppToken'),
    {
      default: 'Database',
      since: '2.9',
      summary: 'Where passwords are checked; with `OIDC` and `AppToken` none is right.',
    },
  ),
  superUsers: key('SUPER_USERS', textList, {
    default: [],
    since: '2.9',
    summary: 'Users with superuser rights, beside those marked in the database.',
  }),
  featureSuperUsers: key('FEATURE_SUPER_USERS', boolean, {
    default: true,
    since: '2.9',
    summary: 'Off: nobody has superuser rights, and the superuser API answers 404.',
  }),
  featureSuperuserConfigurationDump: key('FEATURE_SUPERUSER_CONFIGDUMP', boolean, {
    default: false,
    since: '3.15',
    summary: 'Superusers may read the running configuration, with its secrets masked.',
  }),
  featureAnonymousAccess: key('FEATURE_ANONYMOUS_ACCESS', boolean, {
    default: true,
    since: '2.9',
    summary: 'Public repositories can be pulled without signing in.',
  }),
  featureDirectLogin: key('FEATURE_DIRECT_LOGIN', boolean, {
    default: true,
    since: '2.9',
    summary: 'User name and password sign in to the web interface.',
  }),
  featureUserCreation: key('FEATURE_USER_CREATION', boolean, {
    default: true,
    since: '2.9',
    summary: 'Anybody may register.',
  }),
  featureInviteOnlyUserCreation: key('FEATURE_INVITE_ONLY_USER_CREATION', boolean, {
    default: false,
    since: '2.9',
    summary: 'Registration needs an invitation; has no effect while registration is off.',
  }),
  featureUsernameConfirmation: key('FEATURE_USERNAME_CONFIRMATION', boolean, {
    default: true,
    since: '3.2',
    summary: 'People may change the name that their first external sign-in gave them.',
  }),
  featureMailing: key('FEATURE_MAILING', boolean, {
    default: true,
    since: '2.9',
    summary: 'Send mail.',
  }),
  featureUserInitialize: key('FEATURE_USER_INITIALIZE', boolean, {
    default: false,
    since: '3.6',
    summary: '`POST /api/v1/user/initialize` creates the very first user.',
  }),
  featureRequireEncryptedBasicAuth: key('FEATURE_REQUIRE_ENCRYPTED_BASIC_AUTH', boolean, {
    default: false,
    since: '2.9',
    summary: 'Clients must send the encrypted form of the password.',
  }),
  featureAppSpecificTokens: key('FEATURE_APP_SPECIFIC_TOKENS', boolean, {
    default: true,
    since: '2.9',
    summary: 'Tokens for single applications, used as user `$app`.',
  }),
  appSpecificTokenExpirationSeconds: key('APP_SPECIFIC_TOKEN_EXPIRATION', duration, {
    nullable: true,
    since: '2.9',
    summary: 'Life of new application tokens; without it they do not expire.',
  }),
  expiredAppSpecificTokenGraceSeconds: key('EXPIRED_APP_SPECIFIC_TOKEN_GC', duration, {
    default: '1d',
    nullable: true,
    since: '2.9',
    summary: 'How long an expired application token is kept; `null` keeps it for ever.',
  }),
  featureUserLastAccessed: key('FEATURE_USER_LAST_ACCESSED', boolean, {
    default: true,
    since: '3.2',
    summary: 'Record when users, robots and tokens were last used.',
  }),
  lastAccessedUpdateThresholdSeconds: key('LAST_ACCESSED_UPDATE_THRESHOLD_S', integer(0), {
    default: 60,
    since: '2.9 (not in its guide)',
    summary: 'Least seconds between two such records.',
  }),
  featureOrganizationSharedEmail: key('FEATURE_ORG_SHARED_EMAIL', boolean, {
    default: false,
    since: '3.x',
    summary:
      'An organization may have the e-mail address of a person, who alone signs in and recovers with it.',
  }),
  oauthTokenUpdateThresholdSeconds: key('OAUTH_TOKEN_LAST_ACCESSED_UPDATE_THRESHOLD_S', integer(0), {
    default: 60,
    since: '3.x',
    summary: 'Least seconds between two such records of an OAuth token.',
  }),
  robotsDisallow: key('ROBOTS_DISALLOW', boolean, {
    default: false,
    since: '3.10',
    summary: 'Forbid robot accounts.',
  }),
  robotsWhitelist: key('ROBOTS_WHITELIST', textList, {
    default: [],
    since: '3.11',
    summary: 'Robots that are allowed all the same.',
  }),
});
