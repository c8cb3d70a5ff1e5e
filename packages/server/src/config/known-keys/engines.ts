import { boolean, decimal, httpUrl, integer, text, type ValueType } from '#/config/value-types.ts';
import { type KnownKeyGroup, known, unlisted } from './known-key.ts';

const keystoneVersion: ValueType<number> = integer(2, 3);

export const engineKeys: KnownKeyGroup = {
  title: 'JWT and Keystone',
  keys: [
    known('INTERNAL_OIDC_SERVICE_ID', text, undefined, unlisted, 'Provider behind the OIDC engine of 2.6.'),
    known('JWT_AUTH_ISSUER', text, undefined, unlisted, 'Issuer that tokens must name.'),
    known('JWT_VERIFY_ENDPOINT', httpUrl, undefined, unlisted, 'Where passwords are checked.'),
    known('JWT_QUERY_ENDPOINT', httpUrl, undefined, unlisted, 'Where users are sought.'),
    known('JWT_GETUSER_ENDPOINT', httpUrl, undefined, unlisted, 'Where one user is looked up.'),
    known('JWT_AUTH_MAX_FRESH_S', integer(1), 300, unlisted, 'Longest accepted life of a token, in seconds.'),
    known('KEYSTONE_AUTH_VERSION', keystoneVersion, 2, unlisted, 'Version of the Keystone API, 2 or 3.'),
    known('KEYSTONE_AUTH_URL', httpUrl, undefined, unlisted, 'Keystone endpoint.'),
    known('KEYSTONE_ADMIN_USERNAME', text, undefined, unlisted, 'Account that searches.'),
    known('KEYSTONE_ADMIN_PASSWORD', text, undefined, unlisted, 'Password of that account.'),
    known('KEYSTONE_ADMIN_TENANT', text, undefined, unlisted, 'Tenant or project of that account.'),
    known('KEYSTONE_AUTH_TIMEOUT', decimal(), 10, unlisted, 'Seconds of one call.'),
    known('TEAM_SYNC_WORKER_FREQUENCY', integer(1), 60, unlisted, 'Seconds between two rounds.'),
    known('FEATURE_FIPS', boolean, false, '3.5', 'Only algorithms that FIPS approves.'),
  ],
};
