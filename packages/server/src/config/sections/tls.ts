import { z } from 'zod';
import { key, section } from '#/config/key.ts';
import { boolean, choice, listOf, textList } from '#/config/value-types.ts';
import { tlsProtocols } from '#/http/tls-options.ts';

export const tlsSection = section('TLS', {
  protocols: key('SSL_PROTOCOLS', listOf(choice(...tlsProtocols)), {
    default: ['TLSv1.2', 'TLSv1.3'],
    since: '3.2',
    summary:
      'TLS versions that are offered. `TLSv1` and `TLSv1.1` are weak, and offered only when they are named here.',
  }),
  ciphers: key('SSL_CIPHERS', textList, {
    defaultText: 'ciphers with forward secrecy and authenticated encryption',
    since: '3.2',
    summary: 'Ciphers up to TLS 1.2, in terms of OpenSSL, the preferred ones first.',
  }),
  cipherSuites: key('SSL_CIPHERSUITES', textList, {
    defaultText: 'all suites of TLS 1.3',
    since: '3.x',
    summary: 'Cipher suites of TLS 1.3, the preferred ones first.',
  }),
  featureProxyProtocol: key('FEATURE_PROXY_PROTOCOL', boolean, {
    default: false,
    since: '3.3',
    summary:
      'Accept the PROXY protocol on the plain listener too, and listen for HTTPS behind it on port 8443 unless `--listen-tls-proxy` says where.',
  }),
  listenIpVersion: key('FEATURE_LISTEN_IP_VERSION', ipVersion(), {
    default: 'IPv4',
    since: '3.8',
    summary:
      '`IPv6` or `dual-stack` turn listen addresses of all IPv4 networks, or of IPv4 loopback, into those of IPv6 or of both.',
  }),
});

/** Case does not matter. */
function ipVersion() {
  const exact = choice('IPv4', 'IPv6', 'dual-stack');
  const names = ['IPv4', 'IPv6', 'dual-stack'];
  return {
    ...exact,
    schema: z.preprocess(
      (raw) =>
        names.find((name) => typeof raw === 'string' && name.toLowerCase() === raw.toLowerCase()) ?? raw,
      exact.schema,
    ),
  };
}
