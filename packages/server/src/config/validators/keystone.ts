import { checkKeystone } from '#/auth/engines/keystone/check-keystone.ts';
import { systemClock } from '#/platform/clock.ts';
import { defineValidator } from './define-validator.ts';
import { findSuperuser } from './find-superuser.ts';

/** OpenStack's Keystone, its administrator, and the superuser there. */
export const keystoneValidator = defineValidator({
  service: 'keystone',
  timeLimitMs: 30_000,
  runsWhen: ({ access }) => access.authenticationType === 'Keystone',
  async check({ caller, configuration, outbound }) {
    const { access, values } = configuration;
    return await checkKeystone(
      {
        version: values.KEYSTONE_AUTH_VERSION,
        url: values.KEYSTONE_AUTH_URL,
        adminUsername: values.KEYSTONE_ADMIN_USERNAME,
        adminPassword: values.KEYSTONE_ADMIN_PASSWORD,
        adminTenant: values.KEYSTONE_ADMIN_TENANT,
        timeoutSeconds: values.KEYSTONE_AUTH_TIMEOUT,
        emailRequired: access.featureMailing,
      },
      { outbound, clock: systemClock },
      findSuperuser(caller),
    );
  },
});
