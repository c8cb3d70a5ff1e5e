import { key, section } from '#/config/key.ts';
import { decimal, integer, optionalHttpUrl, text, type ValueType } from '#/config/value-types.ts';

const unlisted = '2.9 (not in its guide)';
const version: ValueType<number> = integer(2, 3);

export const keystoneSection = section('Keystone', {
  version: key('KEYSTONE_AUTH_VERSION', version, {
    default: 2,
    since: unlisted,
    summary: 'Version of the Identity API. Only 3 works: Keystone itself has no version 2 any more.',
  }),
  url: key('KEYSTONE_AUTH_URL', optionalHttpUrl, {
    default: '',
    since: unlisted,
    summary: 'Where Keystone answers, such as `http://keystone.example.com:5000/v3`.',
  }),
  adminUsername: key('KEYSTONE_ADMIN_USERNAME', text, {
    default: '',
    since: unlisted,
    summary: 'Account of the domain `default` that seeks users and reads groups.',
  }),
  adminPassword: key('KEYSTONE_ADMIN_PASSWORD', text, {
    default: '',
    since: unlisted,
    summary: 'Password of that account.',
  }),
  adminTenant: key('KEYSTONE_ADMIN_TENANT', text, {
    default: '',
    since: unlisted,
    summary: 'Project of that account.',
  }),
  timeoutSeconds: key('KEYSTONE_AUTH_TIMEOUT', decimal(0.1, 300), {
    default: 10,
    since: unlisted,
    summary: 'Seconds of one call.',
  }),
});
