import { checkGithubLogin } from '#/auth/external-logins/check-github-login.ts';
import { defineValidator } from './define-validator.ts';
import { findBlock } from './find-block.ts';

/** Sign-in with GitHub. */
export const githubLoginValidator = defineValidator({
  service: 'github-login',
  timeLimitMs: 60_000,
  runsWhen: ({ externalLogins }) => externalLogins.featureGithubLogin,
  async check({ given, outbound }) {
    return await checkGithubLogin({ outbound }, findBlock(given, 'GITHUB_LOGIN_CONFIG'));
  },
});

/** Build triggers of GitHub, another application there. */
export const githubTriggerValidator = defineValidator({
  service: 'github-trigger',
  timeLimitMs: 60_000,
  runsWhen: ({ values }) => values.FEATURE_GITHUB_BUILD === true,
  async check({ given, outbound }) {
    return await checkGithubLogin({ outbound }, findBlock(given, 'GITHUB_TRIGGER_CONFIG'));
  },
});
