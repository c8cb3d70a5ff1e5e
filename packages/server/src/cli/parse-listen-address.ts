import { isIPv6 } from 'node:net';
import { UsageError } from '#/cli/exit-codes.ts';

export interface ListenAddress {
  /** Host name or address, without brackets. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Parses `HOST:PORT`, `IPV4:PORT` or `[IPV6]:PORT`; throws UsageError that names the option. */
export function parseListenAddress(option: string, text: string): ListenAddress {
  const match = /^(?:\[([^\]]*)\]|([^\s:[\]/]+)):([0-9]{1,5})$/.exec(text);
  const [, bracketed, plain, digits] = match ?? [];
  const port = Number(digits);
  if (match !== null && port <= 65_535) {
    if (plain !== undefined) return { host: plain, port };
    if (bracketed !== undefined && isIPv6(bracketed)) return { host: bracketed, port };
  }
  throw new UsageError(`${option} takes HOST:PORT, for example 127.0.0.1:8080 or [::1]:8080, not "${text}"`);
}
