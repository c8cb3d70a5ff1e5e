const longestUri = 2000;
/** Printable ASCII without what parsers of URLs read differently: whitespace, backslash, and the start of a fragment. */
const plainText = /^[!-~]+$/;
const trickyCharacters = /[\\#]/;
/** What may follow the registered part. */
const plainRest = /^[A-Za-z0-9\-._~!$&'()*+,;=:/?]*$/;

/**
 * Whether answers may go to `uri`: it is the registered one, or the same place with more path or a query behind it. Everything is compared
 * as text first, so that no difference between parsers counts (REST reference 4).
 */
export function isRegisteredRedirectUri(uri: string, registered: string): boolean {
  const [target, base] = [parseRedirectUri(uri), parseRedirectUri(registered)];
  if (target === undefined || base === undefined) return false;
  if (target.protocol !== base.protocol || target.host !== base.host) return false;
  if (uri === registered) return true;
  if (!uri.startsWith(registered)) return false;
  const rest = uri.slice(registered.length);
  // A prefix ends where a part of the path ends: /callback does not cover /callback-of-somebody-else.
  const atBoundary = registered.endsWith('/') || rest.startsWith('/') || rest.startsWith('?');
  return (
    atBoundary &&
    base.search === '' &&
    plainRest.test(rest) &&
    !rest.includes('..') &&
    !rest.includes('//') &&
    target.pathname.startsWith(base.pathname)
  );
}

/** Web addresses, and schemes that belong to an installed application (RFC 8252 section 7.1); undefined for anything else. */
export function parseRedirectUri(text: string): URL | undefined {
  if (text.length > longestUri || !plainText.test(text) || trickyCharacters.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  const isApplication = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:$/.test(url.protocol);
  if (!isWeb && !isApplication) return undefined;
  // Without the slashes, browsers and others disagree on what the host is.
  if (isWeb && !/^https?:\/\/[^/]/i.test(text)) return undefined;
  return url.username === '' && url.password === '' && !authorityOf(text).includes('@') ? url : undefined;
}

function authorityOf(text: string): string {
  return /^[^:]*:\/\/([^/?]*)/.exec(text)?.[1] ?? '';
}

/** What a content security policy calls the place that `uri` leads to. */
export function formTargetOf(uri: string): string {
  const { protocol, host } = new URL(uri);
  // The grammar of such policies has no IPv6 addresses.
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && !host.includes('[') ? `${protocol}//${host}` : protocol;
}
