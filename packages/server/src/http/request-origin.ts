import type { IncomingMessage } from 'node:http';
import { DomainError } from '#/domain/errors.ts';
import { notedOrigin } from '#/http/client-of.ts';

export interface BaseUrlSettings {
  /** `SERVER_HOSTNAME`; when unset the request's Host counts. */
  readonly serverHostname: string | undefined;
  /** Of generated URLs where the request does not tell (`PREFERRED_URL_SCHEME`, and `https` wherever TLS is on). */
  readonly scheme: 'http' | 'https';
}

/** A name, an IPv4 address or a bracketed IPv6 address, with an optional port. */
export const hostPattern =
  /^(?:[a-zA-Z0-9_](?:[a-zA-Z0-9._-]{0,253})|\[[0-9a-fA-F:.]{2,45}\])(?::[0-9]{1,5})?$/;

/**
 * Scheme and host under which clients reach this registry. Only while SERVER_HOSTNAME is unset does the request decide.
 * Throws `invalid_request` when the Host header is absent, repeated or malformed and nothing is configured.
 */
export function baseUrlOf(
  request: IncomingMessage,
  settings: BaseUrlSettings,
): { readonly baseUrl: string; readonly host: string } {
  const configured = settings.serverHostname;
  if (configured !== undefined) return { baseUrl: `${settings.scheme}://${configured}`, host: configured };
  const noted = notedOrigin(request);
  const own = ownHostOf(request);
  const host = own === undefined ? undefined : (noted.host ?? own);
  if (host === undefined || !hostPattern.test(host) || isRepeated(request)) {
    throw new DomainError('invalid_request', 'The request needs a valid Host header.');
  }
  return { baseUrl: `${noted.scheme ?? settings.scheme}://${host}`, host };
}

/** With HTTP/2 the authority counts, and a Host that differs from it makes the request malformed (RFC 9113 section 8.3.1). */
function ownHostOf({ headers }: IncomingMessage): string | undefined {
  const authority = headers[':authority'];
  if (typeof authority !== 'string') return headers.host;
  return headers.host === undefined || headers.host === authority ? authority : undefined;
}

/** Of two Host headers a proxy may have looked at the other one (RFC 9112 section 3.2); Node keeps the first. */
function isRepeated({ rawHeaders }: IncomingMessage): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === 'host') count += 1;
  }
  return count > 1;
}
