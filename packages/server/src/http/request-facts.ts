import type { RequestFacts } from '#/domain/logs/index.ts';
import type { RequestContext } from './route.ts';

/** Parameters whose values say nothing that must stay secret; of all others the log shows the name only. */
const plainParameters: ReadonlySet<string> = new Set(
  'service account scope mount from digest n last page limit tag tags namespace public starred starttime endtime performer force includePending type artifactType prefix query'.split(
    ' ',
  ),
);
const masked = '***';
const longestUrl = 2048;
const longestHeader = 512;

/** What the action log may keep of a request. */
export function requestFacts(request: RequestContext): RequestFacts {
  const { headers } = request;
  return {
    url: `${request.baseUrl}${maskUrl(request.url)}`.slice(0, longestUrl),
    method: request.method,
    scheme: /^\w+(?= )/.exec(headers.authorization ?? '')?.[0].toLowerCase(),
    userAgent: cut(headers['user-agent']),
    requestId: request.requestId,
    forwardedFor: cut([headers['x-forwarded-for'] ?? []].flat().join(', ')),
  };
}

function cut(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value.slice(0, longestHeader);
}

/** Path and query with codes of invitations, and the values of parameters that may be secret, masked. */
export function maskUrl(url: string): string {
  const [path = '', query] = url.split(/\?(.*)/s, 2);
  const shown = path.replaceAll(/urn(?::|%3a)teaminvite(?::|%3a)[^/]*/gi, masked);
  if (query === undefined) return shown;
  const pairs = [...new URLSearchParams(query)].map(([name, value]) =>
    plainParameters.has(name) ? [name, value] : [name, masked],
  );
  return `${shown}?${pairs.map((pair) => pair.map((part) => (part === masked ? part : encodeURIComponent(part ?? ''))).join('=')).join('&')}`;
}
