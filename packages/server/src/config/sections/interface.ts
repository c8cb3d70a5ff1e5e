import { key, section } from '#/config/key.ts';
import { pagePath } from '#/config/sections/page-path.ts';
import { boolean, duration, integer, text, textList } from '#/config/value-types.ts';

export const interfaceSection = section('REST API and interface', {
  freshLoginSeconds: key('FRESH_LOGIN_TIMEOUT', duration, {
    default: '10m',
    since: '3.3',
    summary: 'Age of a sign-in after which sensitive calls ask again.',
  }),
  browserCallsByScriptOnly: key('BROWSER_API_CALLS_XHR_ONLY', boolean, {
    default: true,
    since: '2.9',
    summary: 'Browsers must mark their API calls as XHR.',
  }),
  registryTitle: key('REGISTRY_TITLE', text, {
    default: 'Wharf',
    since: '2.9',
    summary: 'Long name of the registry.',
  }),
  registryTitleShort: key('REGISTRY_TITLE_SHORT', text, {
    default: 'Wharf',
    since: '2.9',
    summary: 'Short name of the registry.',
  }),
  featurePartialUserAutocomplete: key('FEATURE_PARTIAL_USER_AUTOCOMPLETE', boolean, {
    default: true,
    since: '2.9',
    summary: 'Complete user names from their beginning.',
  }),
  featureRepositoryMirror: key('FEATURE_REPO_MIRROR', boolean, {
    default: false,
    since: '3.2',
    summary: 'Mirror repositories of other registries.',
  }),
  featureRequireTeamInvite: key('FEATURE_REQUIRE_TEAM_INVITE', boolean, {
    default: true,
    since: '2.9',
    summary: 'Joining a team needs an accepted invitation.',
  }),
  featureSecurityScanner: key('FEATURE_SECURITY_SCANNER', boolean, {
    default: false,
    since: '2.9',
    summary: 'Scan images for vulnerabilities.',
  }),
  featureSigning: key('FEATURE_SIGNING', boolean, {
    default: false,
    since: '2.9 (not in its guide)',
    summary: 'Metadata of image trust.',
  }),
  featureSuperusersFullAccess: key('FEATURE_SUPERUSERS_FULL_ACCESS', boolean, {
    default: false,
    since: '3.8',
    summary: 'Superusers may act in every repository.',
  }),
  featureSuperusersOrganizationCreationOnly: key('FEATURE_SUPERUSERS_ORG_CREATION_ONLY', boolean, {
    default: false,
    since: '3.8',
    summary: 'Only superusers create organisations.',
  }),
  featureTeamSyncing: key('FEATURE_TEAM_SYNCING', boolean, {
    default: false,
    since: '2.9',
    summary: 'Teams may follow a group of the directory.',
  }),
  featureNonsuperuserTeamSyncingSetup: key('FEATURE_NONSUPERUSER_TEAM_SYNCING_SETUP', boolean, {
    default: false,
    since: '2.9',
    summary: 'Administrators of organisations may set that up, not superusers only.',
  }),
  featureUserMetadata: key('FEATURE_USER_METADATA', boolean, {
    default: false,
    since: '2.9',
    summary: 'Ask users for name and company.',
  }),
  featureUserRename: key('FEATURE_USER_RENAME', boolean, {
    default: false,
    since: '2.9',
    summary: 'Users may change their name.',
  }),
  featureRestrictedUsers: key('FEATURE_RESTRICTED_USERS', boolean, {
    default: false,
    since: '3.8',
    summary: 'Ordinary users have fewer rights.',
  }),
  restrictedUsersWhitelist: key('RESTRICTED_USERS_WHITELIST', textList, {
    since: '3.8',
    summary: 'Users who keep them.',
  }),
  captchaExceptions: key('RECAPTCHA_WHITELISTED_USERS', textList, {
    default: [],
    since: '3.8',
    summary: 'Users who are not asked when they create organizations.',
  }),
  restrictedUserIncludeRobots: key('RESTRICTED_USER_INCLUDE_ROBOTS', boolean, {
    default: true,
    since: '3.8',
    summary: 'Their robots push to their namespaces no more than they do.',
  }),
  globalReadonlySuperUsers: key('GLOBAL_READONLY_SUPER_USERS', textList, {
    default: [],
    since: '3.8',
    summary: 'Users who may read everything.',
  }),
  publicNamespaces: key('PUBLIC_NAMESPACES', textList, {
    default: [],
    since: '2.9',
    summary: 'Namespaces on the repository page of every user.',
  }),
  permanentlyDeleteTags: key('PERMANENTLY_DELETE_TAGS', boolean, {
    default: false,
    since: '3.9',
    summary: 'Tags can be removed without the time machine.',
  }),
  searchResultsPerPage: key('SEARCH_RESULTS_PER_PAGE', integer(1), {
    default: 10,
    since: '2.9 (not in its guide)',
    summary: 'Entries on a page of search results.',
  }),
  searchMaximumResultPages: key('SEARCH_MAX_RESULT_PAGE_COUNT', integer(1), {
    default: 10,
    since: '2.9 (not in its guide)',
    summary: 'Most pages of search results.',
  }),
  userRecoveryTokenLifeSeconds: key('USER_RECOVERY_TOKEN_LIFETIME', duration, {
    default: '30m',
    since: '2.9',
    summary: 'Validity of a mail that recovers an account.',
  }),
  directOauthClientIds: key('DIRECT_OAUTH_CLIENTID_WHITELIST', textList, {
    default: [],
    since: '2.9',
    summary: 'Applications that need no consent page.',
  }),
  localOauthHandler: key('LOCAL_OAUTH_HANDLER', pagePath, {
    default: '/oauth/localapp',
    since: '2.9 (not in its guide)',
    summary: 'Page that shows a generated token.',
  }),
  featureCaptcha: key('FEATURE_RECAPTCHA', boolean, {
    default: false,
    since: '2.9',
    summary: 'Ask for a CAPTCHA at registration and recovery.',
  }),
  captchaSiteKey: key('RECAPTCHA_SITE_KEY', text, {
    since: '2.9',
    summary: 'Public key of that service.',
  }),
  captchaSecretKey: key('RECAPTCHA_SECRET_KEY', text, {
    since: '2.9',
    summary: 'Secret key of that service.',
  }),
  featureRefusedEmailDomains: key('FEATURE_BLACKLISTED_EMAILS', boolean, {
    default: false,
    since: '3.2',
    summary: 'Refuse accounts of some mail domains.',
  }),
  refusedEmailDomains: key('BLACKLISTED_EMAIL_DOMAINS', textList, {
    default: [],
    since: '3.2',
    summary: 'Those domains.',
  }),
  featureAssignOauthToken: key('FEATURE_ASSIGN_OAUTH_TOKEN', boolean, {
    defaultText: 'offered, not required',
    since: '3.12',
    summary:
      'Administrators of organisations may assign authorizations. `true`: only they, and people with an assignment, may authorize; `false`: none can be assigned.',
  }),
  oauthApplicationMostTokens: key('OAUTH_APPLICATION_MAXIMUM_TOKEN_COUNT', integer(1), {
    since: '3.x',
    summary: 'Most live tokens of one application.',
  }),
});
