/** Path, query and fragment of an address on this very registry; `/` for anything else, so that nobody is led away after signing in. */
export function localTarget(text: string | undefined, baseUrl: string): string {
  if (text === undefined || !/^[!-~]+$/.test(text) || text.includes('\\')) return '/';
  if (!URL.canParse(text, baseUrl)) return '/';
  const { origin, href } = new URL(text, baseUrl);
  const own = new URL(baseUrl).origin;
  const target = href.slice(origin.length);
  // A path of two slashes would be a host, should it ever be resolved again.
  return origin === own && target.startsWith('/') && !target.startsWith('//') ? target : '/';
}
