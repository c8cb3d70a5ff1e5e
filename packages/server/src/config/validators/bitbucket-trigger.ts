import { createHmac, randomBytes } from 'node:crypto';
import { defineValidator } from './define-validator.ts';
import { findBlock, findText } from './find-block.ts';
import { addressOf } from './registry-address.ts';

const requestTokenUrl = 'https://bitbucket.org/api/1.0/oauth/request_token';

/** Build triggers of Bitbucket: the first step of OAuth 1.0a, which gives a token to those whose signature is right. */
export const bitbucketTriggerValidator = defineValidator({
  service: 'bitbucket-trigger',
  runsWhen: ({ values }) => values.FEATURE_BITBUCKET_BUILD === true,
  async check({ configuration, given, outbound }) {
    const block = findBlock(given, 'BITBUCKET_TRIGGER_CONFIG');
    if (block === undefined)
      return 'BITBUCKET_TRIGGER_CONFIG is missing: CONSUMER_KEY and CONSUMER_SECRET are needed.';
    const key = findText(block, 'CONSUMER_KEY');
    if (key === undefined) return 'CONSUMER_KEY is missing.';
    const secret = findText(block, 'CONSUMER_SECRET');
    if (secret === undefined) return 'CONSUMER_SECRET is missing.';
    const callback = `${addressOf(configuration)}/oauth1/bitbucket/callback/trigger/validation`;
    const { status, body } = await outbound.request({
      url: requestTokenUrl,
      method: 'POST',
      headers: { authorization: authorization({ key, secret, callback }), accept: '*/*' },
      timeoutMs: 5000,
      trust: 'configuration',
      maximumResponseBytes: 1024 ** 2,
      followRedirects: false,
    });
    if (status === 200 && new URLSearchParams(body.toString('utf8')).has('oauth_token')) return undefined;
    if (status === 400 || status === 401)
      return 'Bitbucket does not know this CONSUMER_KEY with this CONSUMER_SECRET.';
    return `Bitbucket answered with status ${status} instead of a token.`;
  },
});

/** The header of RFC 5849, signed with HMAC-SHA1. */
function authorization(given: {
  readonly key: string;
  readonly secret: string;
  readonly callback: string;
}): string {
  const parameters: readonly (readonly [string, string])[] = [
    ['oauth_callback', given.callback],
    ['oauth_consumer_key', given.key],
    ['oauth_nonce', randomBytes(16).toString('hex')],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', String(Math.floor(Date.now() / 1000))],
    ['oauth_version', '1.0'],
  ];
  const normalized = parameters.map(([name, value]) => `${name}=${encode(value)}`).join('&');
  const base = ['POST', encode(requestTokenUrl), encode(normalized)].join('&');
  const signature = createHmac('sha1', `${encode(given.secret)}&`)
    .update(base)
    .digest('base64');
  return `OAuth ${[...parameters, ['oauth_signature', signature] as const]
    .map(([name, value]) => `${name}="${encode(value)}"`)
    .join(', ')}`;
}

/** Percent-encoding of RFC 3986, which leaves fewer characters alone than JavaScript. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
