import { checkOidcLogins } from '#/auth/external-logins/check-oidc-login.ts';
import { loginProviderId, loginProviderNames } from '#/config/login-provider.ts';
import { defineValidator } from './define-validator.ts';

/** Every provider `<ID>_LOGIN_CONFIG` of OpenID Connect. */
export const oidcLoginValidator = defineValidator({
  service: 'oidc-login',
  timeLimitMs: 60_000,
  runsWhen: ({ given }) => providersOf(given).length > 0,
  async check({ given, outbound }) {
    return await checkOidcLogins({ outbound }, providersOf(given));
  },
});

/** As they were given: what is missing is for the check to say. A block left empty defines none. */
function providersOf(given: Readonly<Record<string, unknown>>) {
  return loginProviderNames(Object.keys(given)).flatMap((name) => {
    const block = given[name];
    if (typeof block !== 'object' || block === null || Object.keys(block).length === 0) return [];
    const config = Object.fromEntries(
      Object.entries(block).map(([field, value]) => [field.toUpperCase(), value]),
    );
    return [{ id: loginProviderId(name), config }];
  });
}
