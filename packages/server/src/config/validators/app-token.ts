import { defineValidator } from '#/config/validators/define-validator.ts';

export const appTokenValidator = defineValidator({
  service: 'apptoken-auth',
  runsWhen: ({ access }) => access.authenticationType === 'AppToken',
  async check({ configuration }) {
    const { featureAppSpecificTokens, featureDirectLogin } = configuration.access;
    if (!featureAppSpecificTokens)
      return 'AUTHENTICATION_TYPE AppToken needs FEATURE_APP_SPECIFIC_TOKENS to be on.';
    if (featureDirectLogin) return 'AUTHENTICATION_TYPE AppToken needs FEATURE_DIRECT_LOGIN to be off.';
    return undefined;
  },
});
