import { isIP } from 'node:net';

/** Of an IPv6 address that ends in an IPv4 one. */
const longestAddress = 45;
const withPort = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::[0-9]{1,5})?$/;

/**
 * The client's address as the proxies claim it, without a port; `X-Forwarded-For` can hold anything, and what is no address gives way to that
 * of the connection, so that audit rows only ever hold addresses. Empty when the connection is gone.
 */
export function clientAddress(claimed: string | undefined, connected: string | undefined): string {
  if (claimed !== undefined && claimed.length <= longestAddress + '[]:65535'.length) {
    const [, ipv6, ipv4] = withPort.exec(claimed) ?? [];
    const address = ipv6 ?? ipv4 ?? claimed;
    if (address.length <= longestAddress && isIP(address) !== 0) return address;
  }
  return connected ?? '';
}
