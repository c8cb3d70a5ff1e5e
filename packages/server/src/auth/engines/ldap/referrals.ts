import { isIP } from 'node:net';
import type { SearchResult } from 'ldapts';
import type { Logger } from '#/platform/logger.ts';
import { domainOfDn } from './dn.ts';
import type { LdapConfig } from './ldap-config.ts';
import { type LdapSearch, type LdapTarget, openAdminConnection, parseLdapUri } from './ldap-connection.ts';

/** Servers refer to servers that refer on. */
const mostSteps = 5;
/** Of one answer. */
const mostReferrals = 5;

/** What a server answered, and which. */
export interface ReferredResult {
  readonly result: SearchResult;
  readonly target: LdapTarget;
}

/**
 * What the servers that an answer refers to have of the same search; each is asked as the searching account, with TLS if the first one was. Hosts that get
 * no credentials are passed over with a line in the log. Throws what connections throw.
 */
export async function followReferrals(
  { config, logger }: { readonly config: LdapConfig; readonly logger: Logger },
  from: { readonly result: SearchResult; readonly baseDn: string; readonly search: LdapSearch },
  context: { readonly requireTls: boolean; readonly signal?: AbortSignal | undefined },
  steps = mostSteps,
): Promise<readonly ReferredResult[]> {
  if (!config.followReferrals || steps === 0) return [];
  const found: ReferredResult[] = [];
  for (const uri of from.result.searchReferences.slice(0, mostReferrals)) {
    const referral = parseReferral(uri, from.baseDn);
    if (referral === undefined || !mayHaveCredentials(config, referral.target.host)) {
      logger.warn({ uri }, 'a referral of the directory leads to a host that gets no credentials');
      continue;
    }
    const { target, baseDn } = referral;
    const connection = await openAdminConnection(config, target, context);
    try {
      const result = await connection.search(baseDn, from.search);
      found.push({ result, target });
      const next = { result, baseDn, search: from.search };
      found.push(...(await followReferrals({ config, logger }, next, context, steps - 1)));
    } finally {
      connection.close();
    }
  }
  return found;
}

/** Where a search goes on: another server, and the part of the tree that it has. */
interface Referral {
  readonly target: LdapTarget;
  readonly baseDn: string;
}

function parseReferral(uri: string, baseDn: string): Referral | undefined {
  if (!/^ldaps?:\/\/[^/]/i.test(uri)) return undefined;
  try {
    const target = parseLdapUri(uri);
    const path = decodeURIComponent(new URL(uri).pathname.replace(/^\//, ''));
    return { target, baseDn: path === '' ? baseDn : path };
  } catch {
    return undefined;
  }
}

/**
 * The host of `LDAP_URI`, and hosts in the domain that `LDAP_BASE_DN` spells: what a directory answers, or somebody who may write into it, must not send
 * passwords anywhere else.
 */
export function mayHaveCredentials(config: Pick<LdapConfig, 'uri' | 'baseDn'>, host: string): boolean {
  const name = host.toLowerCase();
  if (name === parseLdapUri(config.uri).host.toLowerCase()) return true;
  const domain = domainOfDn(config.baseDn);
  return isIP(name) === 0 && domain.includes('.') && (name === domain || name.endsWith(`.${domain}`));
}
