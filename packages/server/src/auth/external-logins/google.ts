import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { defineExternalLogin } from './define-external-login.ts';
import { createOidcLogin } from './oidc.ts';
import { oidcConfigSchema } from './oidc-settings.ts';

const server = 'https://accounts.google.com/';

/** The sub-keys of `GOOGLE_LOGIN_CONFIG`. */
const googleConfigSchema = z.object({
  CLIENT_ID: z.string().min(1),
  CLIENT_SECRET: z.string().min(1),
  LOGIN_BINDING_FIELD: z.enum(['sub', 'username', 'email']).nullish(),
});

/** Google accounts: an OpenID provider whose people are called after their address, which must be verified. */
export const googleLogin = defineExternalLogin({
  kind: 'google',
  config: googleConfigSchema,
  create(services, id, config) {
    const openid = createOidcLogin(
      services,
      id,
      oidcConfigSchema.parse({
        ...config,
        OIDC_SERVER: server,
        SERVICE_NAME: 'Google',
        LOGIN_SCOPES: ['openid', 'email'],
        PREFERRED_USERNAME_CLAIM_NAME: 'email',
        USE_PKCE: true,
      }),
    );
    return {
      id,
      kind: 'google',
      title: openid.title,
      icon: 'fa-google',
      publicSettings: {
        CLIENT_ID: config.CLIENT_ID,
        AUTHORIZE_ENDPOINT: 'https://accounts.google.com/o/oauth2/v2/auth',
      },
      bindingField: openid.bindingField,
      authorizationUrl: openid.authorizationUrl,
      async identify(attempt, callback) {
        const { idToken: _, ...identity } = await openid.identify(attempt, callback);
        if (identity.email !== undefined) return identity;
        throw new DomainError('denied', 'Google has not verified your e-mail address.');
      },
    };
  },
});
