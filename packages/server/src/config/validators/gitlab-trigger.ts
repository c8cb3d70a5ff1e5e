import { defineValidator } from './define-validator.ts';
import { findBlock, findText } from './find-block.ts';
import { addressOf } from './registry-address.ts';

const hosted = 'https://gitlab.com';

/** Build triggers of GitLab: a code that does not exist is refused for its own sake only to an application that GitLab knows. */
export const gitlabTriggerValidator = defineValidator({
  service: 'gitlab-trigger',
  runsWhen: ({ values }) => values.FEATURE_GITLAB_BUILD === true,
  async check({ configuration, given, outbound }) {
    const block = findBlock(given, 'GITLAB_TRIGGER_CONFIG');
    if (block === undefined)
      return 'GITLAB_TRIGGER_CONFIG is missing: CLIENT_ID and CLIENT_SECRET are needed.';
    const endpoint = findText(block, 'GITLAB_ENDPOINT') ?? hosted;
    if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
      return 'GITLAB_ENDPOINT must start with http:// or https://.';
    const id = findText(block, 'CLIENT_ID');
    if (id === undefined) return 'CLIENT_ID is missing.';
    const secret = findText(block, 'CLIENT_SECRET');
    if (secret === undefined) return 'CLIENT_SECRET is missing.';
    const form = {
      client_id: id,
      client_secret: secret,
      code: 'fakecode',
      grant_type: 'authorization_code',
      redirect_uri: `${addressOf(configuration)}/oauth2/gitlab/callback/trigger`,
    };
    const { body } = await outbound.request({
      url: new URL('oauth/token', `${endpoint.replace(/\/+$/, '')}/`).href,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      timeoutMs: 5000,
      trust: 'configuration',
      maximumResponseBytes: 1024 ** 2,
      followRedirects: false,
    });
    const error = errorOf(body);
    if (error === undefined) return `${new URL(endpoint).host} does not answer as a GitLab does.`;
    return error === 'invalid_client'
      ? 'GitLab does not know this CLIENT_ID with this CLIENT_SECRET.'
      : undefined;
  },
});

/** `error` of an answer as OAuth 2 writes it. */
function errorOf(body: Buffer): string | undefined {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
    return typeof answer.error === 'string' ? answer.error : undefined;
  } catch {
    return undefined;
  }
}
