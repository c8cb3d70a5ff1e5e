import { checkGoogleLogin } from '#/auth/external-logins/check-google-login.ts';
import { defineValidator } from './define-validator.ts';
import { findBlock } from './find-block.ts';
import { addressOf } from './registry-address.ts';

/** Sign-in with Google. */
export const googleLoginValidator = defineValidator({
  service: 'google-login',
  runsWhen: ({ externalLogins }) => externalLogins.featureGoogleLogin,
  async check({ configuration, given, outbound }) {
    return await checkGoogleLogin(
      { outbound },
      findBlock(given, 'GOOGLE_LOGIN_CONFIG'),
      `${addressOf(configuration)}/oauth2/google/callback`,
    );
  },
});
