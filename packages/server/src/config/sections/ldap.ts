import { z } from 'zod';
import { key, section } from '#/config/key.ts';
import {
  boolean,
  decimal,
  integer,
  pattern,
  text,
  textOrList,
  type ValueType,
} from '#/config/value-types.ts';

// Forms save what nobody filled in as an empty text: it counts as absent.
const ldapUri = pattern(/^(?:ldaps?:\/\/[^/].*)?$/, 'a URI that starts with ldap:// or ldaps://');
/** A name of RFC 4512, or an OID. */
const attribute = pattern(/^(?:[A-Za-z0-9][A-Za-z0-9.-]{0,99})?$/, 'the name of an attribute');
const pieces: ValueType<string[]> = {
  ...textOrList,
  schema: z.preprocess((raw) => (raw === '' ? [] : raw), textOrList.schema),
};
const unlisted = '2.9 (not in its guide)';

export const ldapSection = section('LDAP', {
  uri: key('LDAP_URI', ldapUri, {
    default: 'ldap://localhost',
    since: unlisted,
    summary: 'Directory server. With `ldap://` StartTLS protects the connection.',
  }),
  baseDn: key('LDAP_BASE_DN', pieces, {
    default: [],
    since: unlisted,
    summary: 'Pieces of the name below which everything lies, such as `[dc=example, dc=com]`.',
  }),
  userRdn: key('LDAP_USER_RDN', pieces, {
    default: [],
    since: unlisted,
    summary: 'Pieces in front of the base name: users are sought there and below.',
  }),
  secondaryUserRdns: key('LDAP_SECONDARY_USER_RDNS', pieces, {
    default: [],
    since: unlisted,
    summary: 'Further places below the base name, tried in order for who is not found before.',
  }),
  adminDn: key('LDAP_ADMIN_DN', text, { default: '', since: unlisted, summary: 'Account that searches.' }),
  adminPassword: key('LDAP_ADMIN_PASSWD', text, {
    default: '',
    since: unlisted,
    summary: 'Password of that account.',
  }),
  uidAttribute: key('LDAP_UID_ATTR', attribute, {
    default: 'uid',
    since: unlisted,
    summary: 'Attribute with the user name; `sAMAccountName` for Active Directory.',
  }),
  emailAttribute: key('LDAP_EMAIL_ATTR', attribute, {
    default: 'mail',
    since: unlisted,
    summary: 'Attribute with the e-mail address; users need one only with `FEATURE_MAILING`.',
  }),
  allowInsecureFallback: key('LDAP_ALLOW_INSECURE_FALLBACK', boolean, {
    default: false,
    since: unlisted,
    summary:
      'Go on without TLS where StartTLS of an `ldap://` server fails, for example for its certificate.',
  }),
  timeoutSeconds: key('LDAP_TIMEOUT', decimal(0.1, 300), {
    default: 10,
    since: unlisted,
    summary: 'Seconds of one operation.',
  }),
  networkTimeoutSeconds: key('LDAP_NETWORK_TIMEOUT', decimal(0.1, 300), {
    default: 10,
    since: unlisted,
    summary: 'Seconds of connecting.',
  }),
  userFilter: key('LDAP_USER_FILTER', text, {
    default: '',
    since: '3.3',
    summary: 'Further condition on users, a filter such as `(memberOf=cn=staff,dc=example,dc=com)`.',
  }),
  superuserFilter: key('LDAP_SUPERUSER_FILTER', text, {
    default: '',
    since: '3.8',
    summary: 'Condition that makes a superuser, beside `SUPER_USERS`.',
  }),
  restrictedUserFilter: key('LDAP_RESTRICTED_USER_FILTER', text, {
    default: '',
    since: '3.8',
    summary: 'Condition that makes a restricted user, with `FEATURE_RESTRICTED_USERS`.',
  }),
  globalReadonlySuperuserFilter: key('LDAP_GLOBAL_READONLY_SUPERUSER_FILTER', text, {
    default: '',
    since: '3.12',
    summary: 'Condition that makes somebody who may read everything.',
  }),
  followReferrals: key('LDAP_FOLLOW_REFERRALS', boolean, {
    default: true,
    since: '3.9',
    summary: 'Follow referrals of searches to other servers.',
  }),
  memberOfAttribute: key('LDAP_MEMBEROF_ATTR', attribute, {
    default: 'memberOf',
    since: '3.10',
    summary: 'Attribute with the groups of a user.',
  }),
  featureCaching: key('FEATURE_LDAP_CACHING', boolean, {
    default: false,
    since: '3.x',
    summary: 'Remember which rights the filters gave for `LDAP_CACHE_TTL`, else for a second.',
  }),
  cacheSeconds: key('LDAP_CACHE_TTL', decimal(0, 300), {
    default: 5,
    since: '3.x',
    summary: 'Seconds of remembering.',
  }),
  connectionPooling: key('LDAP_CONNECTION_POOLING', boolean, {
    default: true,
    since: '3.x',
    summary: 'Keep connections of the searching account.',
  }),
  poolSize: key('LDAP_POOL_SIZE', integer(1, 100), {
    default: 10,
    since: '3.x',
    summary: 'Most connections of that account at the same time.',
  }),
  poolMaximumWaitSeconds: key('LDAP_POOL_MAX_WAIT', decimal(0, 300), {
    default: 5,
    since: '3.x',
    summary: 'Longest wait for one of them, in seconds.',
  }),
  poolConnectionLifeSeconds: key('LDAP_POOL_CONNECTION_LIFETIME', decimal(1), {
    default: 300,
    since: '3.x',
    summary: 'Seconds that one is used.',
  }),
});
