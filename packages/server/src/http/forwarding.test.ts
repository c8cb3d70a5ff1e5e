import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { originOf } from './forwarding.ts';

interface Case {
  readonly from?: string;
  readonly tls?: boolean;
  readonly count?: number;
  readonly proxies?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly address?: string;
  readonly scheme?: 'http' | 'https';
  readonly host?: string;
}

const client = '203.0.113.7';
const proxies = ['10.0.0.0/8', '2001:db8::/32'];
const all = {
  'x-forwarded-for': client,
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'registry.example.com',
};
const trusted = { address: client, scheme: 'https', host: 'registry.example.com' } as const;

const cases: Readonly<Record<string, Case>> = {
  'a plain connection, one proxy by count': { headers: all, address: client },
  'no proxy by count': { count: 0, headers: all },
  'our own TLS, nobody named': { tls: true, headers: all, scheme: 'https' },
  'a named proxy': { from: '10.1.2.3', proxies, headers: all, ...trusted },
  'a named proxy over IPv6': { from: '2001:db8::1', proxies, headers: all, ...trusted },
  'a named proxy, mapped': { from: '::ffff:10.1.2.3', proxies, headers: all, ...trusted },
  'a named proxy that speaks TLS with us': { from: '10.1.2.3', tls: true, proxies, headers: all, ...trusted },
  'a stranger beside named proxies': { from: '192.0.2.1', proxies, headers: all },
  'a stranger with TLS': { from: '192.0.2.1', tls: true, proxies, headers: all, scheme: 'https' },
  'a named proxy while none is counted': { from: '10.1.2.3', count: 0, proxies, headers: all },
  'what the client claimed before the proxy': {
    from: '10.1.2.3',
    proxies,
    count: 3,
    headers: { 'x-forwarded-for': `1.1.1.1, ${client}` },
    address: client,
  },
  'two named proxies, two counted': {
    from: '10.1.2.3',
    proxies,
    count: 2,
    headers: { 'x-forwarded-for': `1.1.1.1, ${client}, 10.9.9.9` },
    address: client,
  },
  'two named proxies, one counted': {
    from: '10.1.2.3',
    proxies,
    headers: { 'x-forwarded-for': `${client}, 10.9.9.9` },
    address: '10.9.9.9',
  },
  'two hops by count alone': {
    count: 2,
    headers: { 'x-forwarded-for': `1.1.1.1, ${client}, 9.9.9.9` },
    address: client,
  },
  'more hops than entries': { count: 5, headers: { 'x-forwarded-for': client }, address: client },
  'an entry that is no address': { headers: { 'x-forwarded-for': `${client}, "><script>` } },
  'the scheme of the nearest proxy': {
    from: '10.1.2.3',
    proxies,
    headers: { 'x-forwarded-proto': 'https, http' },
    scheme: 'http',
  },
  'a scheme that is none': { from: '10.1.2.3', proxies, headers: { 'x-forwarded-proto': 'javascript' } },
  'RFC 7239 never counts': {
    from: '10.1.2.3',
    proxies,
    headers: { forwarded: 'for=203.0.113.7;proto=https;host=evil.example' },
  },
};

for (const [
  title,
  { from = '192.0.2.9', tls = false, count = 1, proxies: named = [], headers, ...expected },
] of Object.entries(cases)) {
  test(title, () => {
    const socket = { remoteAddress: from, ...(tls ? { encrypted: true } : {}) };
    const request = { headers, socket } as unknown as IncomingMessage;
    const found = originOf(request, { proxyCount: count, trustedProxies: named });
    assert.deepEqual(found, {
      address: expected.address ?? from,
      scheme: expected.scheme,
      host: expected.host,
    });
  });
}

test('a header of thousands of entries costs no more than the hops that count', () => {
  const request = {
    headers: { 'x-forwarded-for': `${'1.1.1.1, '.repeat(5000)}${client}` },
    socket: { remoteAddress: '10.0.0.1' },
  } as unknown as IncomingMessage;
  const startedAt = performance.now();
  for (let index = 0; index < 1000; index += 1) {
    const { address } = originOf(request, { proxyCount: 16, trustedProxies: ['10.0.0.0/8'] });
    assert.equal(address, client);
  }
  assert.ok(performance.now() - startedAt < 1000);
});
