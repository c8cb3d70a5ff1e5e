import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { type AuthEngine, defineAuthEngine } from './define-auth-engine.ts';

/**
 * People sign in at an OpenID provider (`<ID>_LOGIN_CONFIG`) with a browser; here no password is right. The provider tells the groups of a person at
 * sign-in, and nobody's at other times: teams follow them then.
 */
export const oidcEngine = defineAuthEngine({
  name: 'OIDC',
  config: z.object({}),
  create: (): AuthEngine => ({
    service: 'oidc',
    checksPasswords: false,
    verify: async () => ({
      refusal: new DomainError(
        'invalid_credentials',
        'This registry takes no passwords. Sign in with a browser and make an application token, then log in as $app with it.',
      ),
    }),
  }),
});
