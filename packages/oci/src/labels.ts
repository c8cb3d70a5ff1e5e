import { findDurationSeconds } from './duration.ts';

/** Sets the end of the tags that point at a manifest, counted from their start. */
export const expiresAfterLabel = 'quay.expires-after';

const longestLifetimeSeconds = 1000 * 366 * 86_400;

/**
 * Seconds that a `quay.expires-after` value asks for; undefined if it is to be ignored (malformed, zero, over
 * 1000 years).
 */
export function findExpiresAfterSeconds(value: string): number | undefined {
  const seconds = findDurationSeconds(value.trim());
  return seconds !== undefined && seconds > 0 && seconds <= longestLifetimeSeconds ? seconds : undefined;
}

const keyPattern = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;

/**
 * Whether a label may be made with this key: up to 255 lower-case letters and digits, single `-` or `.`
 * inside.
 */
export function isLabelKey(key: string): boolean {
  return key.length <= 255 && keyPattern.test(key);
}

/** Labels whose key starts so are made by the tools that own the prefix, never through the API. */
export const reservedLabelPrefixes: readonly string[] = [
  'com.docker.',
  'io.docker.',
  'org.dockerproject.',
  'org.opencontainers.',
  'io.cncf.',
  'io.kubernetes.',
  'io.k8s.',
  'io.quay',
  'com.coreos',
  'com.tectonic',
  'internal',
  'quay',
];

/**
 * The reserved prefix of a key, also looking at those that the configuration adds; undefined if it has none.
 */
export function findReservedLabelPrefix(key: string, further: readonly string[] = []): string | undefined {
  return [...reservedLabelPrefixes, ...further].find((prefix) => key.startsWith(prefix));
}

export type LabelMediaType = 'text/plain' | 'application/json';

/** `application/json` if the value is a JSON object or array, else `text/plain`. */
export function guessLabelMediaType(value: string): LabelMediaType {
  const first = value.trimStart()[0];
  if (first !== '{' && first !== '[') return 'text/plain';
  try {
    JSON.parse(value);
    return 'application/json';
  } catch {
    return 'text/plain';
  }
}
