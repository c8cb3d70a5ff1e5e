import type { IncomingMessage } from 'node:http';
import { type BlockList, isIP } from 'node:net';
import { clientAddress } from '#/http/client-address.ts';
import { isEncrypted } from '#/http/connection.ts';
import { blockListOf, isListed } from '#/platform/outbound-address.ts';

/** Whose word about clients counts; read anew for every request. */
export interface ForwardingSettings {
  /** Proxies in front that append to `X-Forwarded-For` (`PROXY_COUNT`). */
  readonly proxyCount: number;
  /** Addresses and networks of the proxies (`TRUSTED_PROXY_CIDR`); empty: see `originOf`. */
  readonly trustedProxies: readonly string[];
}

/** Where a request came from, as far as it can be believed. */
export interface RequestOrigin {
  /** Address of the client, without a port; empty when the connection is gone. */
  readonly address: string;
  /** What the client spoke, as far as it is known: TLS here, or what a trusted proxy says; undefined where the configuration must tell. */
  readonly scheme: 'http' | 'https' | undefined;
  /** `X-Forwarded-Host` of a trusted proxy, unchecked. */
  readonly host: string | undefined;
}

const lists = new WeakMap<readonly string[], BlockList>();

/**
 * Client, scheme and host of a request. Without named proxies `X-Forwarded-For` counts through `proxyCount` hops on plain connections, where
 * some proxy is expected, and not where clients reach our own TLS. Scheme and host come from named proxies only. `Forwarded` (RFC 7239) never
 * counts.
 */
export function originOf(request: IncomingMessage, settings: ForwardingSettings): RequestOrigin {
  const connected = request.socket.remoteAddress;
  const { headers } = request;
  const encrypted = isEncrypted(request);
  const { proxyCount, trustedProxies } = settings;
  const isNamed = (address: string): boolean => isListed(listOf(trustedProxies), address);
  const counts = (address: string): boolean =>
    trustedProxies.length === 0 ? !encrypted : isIP(address) !== 0 && isNamed(address);
  const trusted = proxyCount > 0 && connected !== undefined && counts(connected);
  const named = trusted && trustedProxies.length > 0;
  const claimed = trusted ? walk(textOf(headers['x-forwarded-for']), proxyCount, counts) : undefined;
  const scheme = named ? lastOf(headers['x-forwarded-proto'])?.toLowerCase() : undefined;
  return {
    address: clientAddress(claimed, connected),
    scheme: scheme === 'http' || scheme === 'https' ? scheme : encrypted ? 'https' : undefined,
    host: named ? lastOf(headers['x-forwarded-host']) : undefined,
  };
}

/** The entry before the one that some hop out of `most` may not claim; undefined without a header. Reads no more of it than that. */
function walk(list: string, most: number, counts: (address: string) => boolean): string | undefined {
  let rest = list;
  let found: string | undefined;
  for (let hop = 0; hop < most && rest !== ''; hop += 1) {
    const comma = rest.lastIndexOf(',');
    found = rest.slice(comma + 1).trim();
    if (!counts(clientAddress(found, undefined))) break;
    rest = comma === -1 ? '' : rest.slice(0, comma);
  }
  return found;
}

/** The entry of the nearest proxy. */
function lastOf(header: string | readonly string[] | undefined): string | undefined {
  const text = textOf(header);
  const last = text.slice(text.lastIndexOf(',') + 1).trim();
  return last === '' ? undefined : last;
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header?.join(',') ?? '');
}

function listOf(entries: readonly string[]): BlockList {
  const found = lists.get(entries) ?? blockListOf(entries);
  lists.set(entries, found);
  return found;
}

/** Whether the peer of a connection may say for whom it speaks. */
export function isTrustedPeer(address: string | undefined, { trustedProxies }: ForwardingSettings): boolean {
  return trustedProxies.length === 0 || (address !== undefined && isListed(listOf(trustedProxies), address));
}
