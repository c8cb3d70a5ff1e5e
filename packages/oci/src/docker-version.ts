import { OciParseError } from './parse-error.ts';

/** Major, minor, patch. */
export type DockerVersion = readonly [number, number, number];

type Comparator = '<' | '<=' | '>' | '>=' | '==' | '!=';

interface VersionBound {
  readonly comparator: Comparator;
  readonly version: DockerVersion;
}

/** All bounds must hold. */
export type VersionSpec = readonly VersionBound[];

const agentPattern = /docker\/([0-9]{1,6})\.([0-9]{1,6})(?:\.([0-9]{1,6}))?/;
const boundPattern = /^(<=|>=|==|!=|<|>)\s*([0-9]{1,6})(?:\.([0-9]{1,6}))?(?:\.([0-9]{1,6}))?$/;

/**
 * Docker's version out of a `User-Agent`; undefined if it is another client. Docker 1.5.0 sent only its
 * library's name.
 */
export function findDockerVersion(userAgent: string): DockerVersion | undefined {
  if (userAgent === 'Go 1.1 package http') return [1, 5, 0];
  const match = agentPattern.exec(userAgent);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

/** Reads comma-separated bounds such as `>=1.0.0,<1.6.0`; throws OciParseError `version_spec_invalid`. */
export function parseVersionSpec(text: string): VersionSpec {
  return text.split(',').map((part): VersionBound => {
    const match = boundPattern.exec(part.trim());
    if (match === null) {
      throw new OciParseError(
        'version_spec_invalid',
        'A version specification must be a comma-separated list such as ">=1.0.0,<1.6.0".',
      );
    }
    return {
      comparator: match[1] as Comparator,
      version: [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)],
    };
  });
}

export function matchesVersionSpec(version: DockerVersion, spec: VersionSpec): boolean {
  return spec.every(({ comparator, version: bound }) => holds[comparator](compare(version, bound)));
}

const holds: Readonly<Record<Comparator, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
};

function compare(a: DockerVersion, b: DockerVersion): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
