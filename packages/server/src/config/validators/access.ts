import { loginProviderPattern } from '#/config/login-provider.ts';
import { defineValidator } from '#/config/validators/define-validator.ts';

export const accessValidator = defineValidator({
  service: 'access',
  runsWhen: () => true,
  async check({ configuration, given }) {
    const { access } = configuration;
    // App tokens are made to live without passwords.
    if (!access.featureDirectLogin && access.authenticationType !== 'AppToken' && !hasExternalLogin(given))
      return 'FEATURE_DIRECT_LOGIN cannot be off without GitHub, Google or an OpenID Connect provider to sign in with.';
    if (access.featureInviteOnlyUserCreation && !access.featureUserCreation)
      return 'FEATURE_INVITE_ONLY_USER_CREATION needs FEATURE_USER_CREATION.';
    return undefined;
  },
});

const own = { GITHUB_LOGIN_CONFIG: 'FEATURE_GITHUB_LOGIN', GOOGLE_LOGIN_CONFIG: 'FEATURE_GOOGLE_LOGIN' };

function hasExternalLogin(given: Readonly<Record<string, unknown>>): boolean {
  if (Object.values(own).some((feature) => given[feature] === true)) return true;
  return Object.entries(given).some(
    ([name, value]) =>
      loginProviderPattern.test(name) &&
      !Object.hasOwn(own, name) &&
      typeof value === 'object' &&
      value !== null,
  );
}
