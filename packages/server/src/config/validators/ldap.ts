import { checkLdap } from '#/auth/engines/ldap/check-ldap.ts';
import { defineValidator } from './define-validator.ts';
import { findSuperuser } from './find-superuser.ts';

/** The directory, and the superuser in it. The reasons about the superuser are Quay's, word for word (configuration reference C.3). */
export const ldapValidator = defineValidator({
  service: 'ldap',
  timeLimitMs: 30_000,
  runsWhen: ({ access }) => access.authenticationType === 'LDAP',
  async check({ configuration, caller, logger }) {
    const { access, ldap } = configuration;
    return await checkLdap(
      { ...ldap, emailRequired: access.featureMailing },
      { logger, superuser: findSuperuser(caller) },
    );
  },
});
