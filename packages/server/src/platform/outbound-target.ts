import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { blockListOf, isListed, kindOfAddress } from './outbound-address.ts';
import { OutboundFailedError, OutboundRefusedError } from './outbound-errors.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Where URLs from users may lead. */
export interface TargetRules {
  /** `SSRF_ALLOWED_HOSTS`: names, addresses and networks that are allowed whatever they are. */
  readonly allowedHosts: readonly string[];
  /** `WEBHOOK_HOSTNAME_BLACKLIST`: names and addresses that are never allowed. */
  readonly blockedHosts: readonly string[];
  /** Whether ranges of one's own network may be reached. */
  readonly allowPrivateAddresses: boolean;
  /** Resolves a name; the system's resolver unless given. */
  readonly resolve?: (hostname: string) => Promise<readonly ResolvedAddress[]>;
}

const systemResolve = (hostname: string): Promise<readonly ResolvedAddress[]> =>
  lookup(hostname, { all: true });

/** Throws OutboundRefusedError for a URL whose scheme, name or literal address is refused. */
export function checkTargetForm(url: URL, rules: TargetRules): void {
  const host = hostOf(url);
  const isLocalName = host === 'localhost' || host.endsWith('.localhost');
  if (isNamed(rules.blockedHosts, host)) throw refused(host);
  if (isNamed(rules.allowedHosts, host)) return;
  if (isLocalName) throw refused(host);
  if (isIP(host) !== 0) checkAddress(host, host, rules);
}

/** The addresses of the URL's host, each of them checked; the caller must connect to one of these. */
export async function checkedAddresses(
  url: URL,
  rules: TargetRules,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  checkTargetForm(url, rules);
  const host = hostOf(url);
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  const addresses = await resolveInTime(host, rules.resolve ?? systemResolve, signal);
  if (!isNamed(rules.allowedHosts, host))
    for (const { address } of addresses) checkAddress(host, address, rules);
  return addresses;
}

async function resolveInTime(
  host: string,
  resolve: (hostname: string) => Promise<readonly ResolvedAddress[]>,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[]> {
  const late = Promise.withResolvers<never>();
  const end = (): void => late.reject(new OutboundFailedError(`the name ${host} was not found in time`));
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    const addresses = await Promise.race([resolve(host), late.promise]);
    if (addresses.length === 0) throw new OutboundFailedError(`the name ${host} is unknown`);
    return addresses;
  } catch (cause) {
    if (cause instanceof OutboundFailedError) throw cause;
    throw new OutboundFailedError(`the name ${host} is unknown`, { cause });
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function checkAddress(host: string, address: string, rules: TargetRules): void {
  if (isListed(blockListOf(rules.blockedHosts), address)) throw refused(host);
  if (isListed(blockListOf(rules.allowedHosts), address)) return;
  const kind = kindOfAddress(address);
  if (kind === 'forbidden' || (kind === 'private' && !rules.allowPrivateAddresses)) throw refused(host);
}

/** The message names the host as it was asked for, never the address behind it: that would tell how the network looks inside. */
function refused(host: string): OutboundRefusedError {
  return new OutboundRefusedError(`requests to ${host} are not allowed`);
}

function isNamed(names: readonly string[], host: string): boolean {
  return names.some((name) => plainHost(name) === host);
}

function hostOf(url: URL): string {
  return plainHost(url.hostname);
}

function plainHost(host: string): string {
  const lower = host.toLowerCase().replace(/\.$/, '');
  return lower.startsWith('[') ? lower.slice(1, -1) : lower;
}
