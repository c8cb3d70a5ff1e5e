import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { type AuthEngine, defineAuthEngine } from './define-auth-engine.ts';

/** No password is right: people use the application tokens that they made after an external sign-in. */
export const appTokenEngine = defineAuthEngine({
  name: 'AppToken',
  config: z.object({}),
  create: (): AuthEngine => ({
    checksPasswords: false,
    verify: async () => ({
      refusal: new DomainError(
        'invalid_credentials',
        'This registry takes no passwords. Log in as $app with an application token from your account settings.',
      ),
    }),
  }),
});
