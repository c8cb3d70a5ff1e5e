import { key, section } from '#/config/key.ts';
import { boolean, choice, integer, pattern, size, text, textList, textOrList } from '#/config/value-types.ts';

const hostWithPort = pattern(
  /^(?:[a-zA-Z0-9_](?:[a-zA-Z0-9._-]{0,253})|\[[0-9a-fA-F:.]{2,45}\])(?::[0-9]{1,5})?$/,
  'a host name with an optional :port, without http:// and without a path',
);

export const serverSection = section('Server and proxies', {
  serverHostname: key('SERVER_HOSTNAME', hostWithPort, {
    defaultText: 'the Host of each request',
    since: '2.9',
    summary:
      'Public host, with a port if it is not the usual one. Part of every generated URL and of the token realm.',
  }),
  preferredUrlScheme: key('PREFERRED_URL_SCHEME', choice('http', 'https'), {
    default: 'http',
    since: '2.9',
    summary: 'Scheme of generated URLs. `https` also makes session cookies secure.',
  }),
  externalTlsTermination: key('EXTERNAL_TLS_TERMINATION', boolean, {
    default: false,
    since: '2.9',
    summary: 'TLS ends at a proxy in front of the registry.',
  }),
  proxyCount: key('PROXY_COUNT', integer(0, 16), {
    default: 1,
    since: '2.9 (not in its guide)',
    summary: 'How many proxies append to `X-Forwarded-For`; 0 ignores the header.',
  }),
  trustedProxyCidr: key('TRUSTED_PROXY_CIDR', text, {
    later: true,
    since: '3.7',
    summary: 'Address range whose forwarding headers are believed.',
  }),
  maximumLayerSizeBytes: key('MAXIMUM_LAYER_SIZE', size, {
    default: '20G',
    since: '2.9',
    summary: 'Largest blob that is accepted.',
  }),
  corsOrigin: key('CORS_ORIGIN', textOrList, {
    default: ['*'],
    since: '3.8',
    summary: 'Origins whose pages may call the API.',
  }),
  registryState: key('REGISTRY_STATE', choice('normal', 'readonly'), {
    default: 'normal',
    since: '3.2',
    summary: '`readonly` refuses every write and stops the workers; pulls go on.',
  }),
  setupComplete: key('SETUP_COMPLETE', boolean, {
    default: true,
    since: '2.9 (not in its guide)',
    summary: 'Written by set-up tools. Wharf starts with either value.',
  }),
  testing: key('TESTING', boolean, {
    default: false,
    since: '2.9 (not in its guide)',
    summary: 'Reported as `is_testing` by the health endpoints; changes nothing else.',
  }),
  featureRateLimits: key('FEATURE_RATE_LIMITS', boolean, {
    default: false,
    since: '3.2',
    summary: 'Clients that ask too often are answered 429.',
  }),
  nonRateLimitedNamespaces: key('NON_RATE_LIMITED_NAMESPACES', textList, {
    default: [],
    since: '3.2',
    summary: 'Namespaces whose repositories are exempt from that.',
  }),
});
