import { join } from 'node:path';
import { checkJwt } from '#/auth/engines/jwt/check-jwt.ts';
import { systemClock } from '#/platform/clock.ts';
import { defineValidator } from './define-validator.ts';
import { findSuperuser } from './find-superuser.ts';

/** The service that checks passwords, and the superuser there. */
export const jwtValidator = defineValidator({
  service: 'jwt',
  timeLimitMs: 30_000,
  runsWhen: ({ access }) => access.authenticationType === 'JWT',
  async check({ caller, configuration, directory, outbound }) {
    const { access, values } = configuration;
    return await checkJwt(
      {
        issuer: values.JWT_AUTH_ISSUER,
        verifyEndpoint: values.JWT_VERIFY_ENDPOINT,
        queryEndpoint: optional(values.JWT_QUERY_ENDPOINT),
        getUserEndpoint: optional(values.JWT_GETUSER_ENDPOINT),
        maximumFreshSeconds: values.JWT_AUTH_MAX_FRESH_S,
        keyFile: join(directory, 'jwt-authn.cert'),
        emailRequired: access.featureMailing,
      },
      { outbound, clock: systemClock },
      findSuperuser(caller),
    );
  },
});

/** Forms save an empty text for what nobody filled in. */
function optional(value: unknown): unknown {
  return value === '' ? undefined : value;
}
