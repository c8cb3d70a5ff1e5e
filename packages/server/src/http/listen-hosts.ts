/** `FEATURE_LISTEN_IP_VERSION` */
export type IpVersion = 'IPv4' | 'IPv6' | 'dual-stack';

export interface ListenHost {
  readonly host: string;
  /** Whether IPv4 is left to another listener. */
  readonly ipv6Only: boolean;
}

const ipv6Twins: Readonly<Record<string, string>> = { '0.0.0.0': '::', '127.0.0.1': '::1' };

/** Addresses to listen on for the one that was asked for: only "all of IPv4" and IPv4 loopback have a counterpart in IPv6. */
export function listenHosts(host: string, version: IpVersion): readonly [ListenHost, ...ListenHost[]] {
  const twin = ipv6Twins[host];
  if (twin === undefined || version === 'IPv4') return [{ host, ipv6Only: false }];
  const other = { host: twin, ipv6Only: true };
  return version === 'IPv6' ? [other] : [{ host, ipv6Only: false }, other];
}
