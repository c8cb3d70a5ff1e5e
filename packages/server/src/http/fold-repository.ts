/** A route's path split around `:repository`; parameters are null. */
interface Pattern {
  readonly prefix: readonly string[];
  readonly suffix: readonly (string | null)[];
}

const parameter = ':repository';

/**
 * Makes the function that folds a repository's path into one segment (`/v2/a/b/tags/list` to `/v2/a%2Fb/tags/list`), because the
 * router's parameters never span a slash. Derived from the routes' own paths and matched from the right, so that
 * repositories may be called `tags` or `manifests`. A path that fits no pattern comes back as it was.
 */
export function createRepositoryFolding(routeUrls: readonly string[]): (url: string) => string {
  const patterns = [...new Set(routeUrls)]
    .filter((url) => url.includes(parameter))
    .map(toPattern)
    .sort((a, b) => literals(b) - literals(a) || b.suffix.length - a.suffix.length);
  return (url) => {
    const question = url.indexOf('?');
    const path = question === -1 ? url : url.slice(0, question);
    const segments = path.split('/');
    for (const pattern of patterns) {
      const end = segments.length - pattern.suffix.length;
      const start = pattern.prefix.length;
      // One segment needs no folding, and none fits no pattern.
      if (end - start < 1 || !matches(segments, pattern, end)) continue;
      if (end - start === 1) return url;
      const folded = [
        ...segments.slice(0, start),
        segments.slice(start, end).join('%2F'),
        ...segments.slice(end),
      ];
      return folded.join('/') + (question === -1 ? '' : url.slice(question));
    }
    return url;
  };
}

function toPattern(url: string): Pattern {
  const segments = url.split('/');
  const index = segments.indexOf(parameter);
  const asPart = (segment: string): string | null => (segment.startsWith(':') ? null : segment);
  return { prefix: segments.slice(0, index), suffix: segments.slice(index + 1).map(asPart) };
}

function literals(pattern: Pattern): number {
  return pattern.suffix.filter((part) => part !== null).length;
}

function matches(segments: readonly string[], pattern: Pattern, end: number): boolean {
  return (
    pattern.prefix.every((part, i) => segments[i] === part) &&
    pattern.suffix.every((part, i) => {
      const segment = segments[end + i];
      return part === null ? segment !== '' : segment === part;
    })
  );
}
