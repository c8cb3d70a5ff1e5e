import { isMediaType, type ManifestKind, manifestMediaType, mediaTypes } from './media-types.ts';

/** What the `Accept` lines of a request ask for. */
export interface Accept {
  /** No line at all, or nothing but `application/json`: the request of an engine that knows schema 1 only. */
  readonly isLegacy: boolean;
  /** Types named in full, in lower case, in the order given. */
  readonly types: readonly string[];
  /** Types and ranges refused by `q=0`. */
  readonly refused: ReadonlySet<string>;
  readonly ranges: ReadonlySet<string>;
}

const mostRanges = 256;
const zeroQuality = /^q\s*=\s*0(?:\.0{0,3})?$/;

/** Merges all `Accept` lines; of the parameters only `q=0` counts, and what is malformed is left out. */
export function parseAccept(header: string | readonly string[] | undefined): Accept {
  const lines = header === undefined ? [] : typeof header === 'string' ? [header] : header;
  const types = new Set<string>();
  const ranges = new Set<string>();
  const refused = new Set<string>();
  for (const item of lines.join(',').split(',', mostRanges)) {
    const [essence = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    const isRange = essence === '*/*' || essence === 'application/*';
    if (!isRange && !isMediaType(essence)) continue;
    if (parameters.some((parameter) => zeroQuality.test(parameter))) refused.add(essence);
    else if (isRange) ranges.add(essence);
    else types.add(essence);
  }
  const named = [...types];
  return {
    types: named,
    ranges,
    refused,
    isLegacy: ranges.size === 0 && named.every((type) => type === mediaTypes.json),
  };
}

/** Whether the type is named in full. */
export function acceptNames(accept: Accept, mediaType: string): boolean {
  return accept.types.includes(mediaType) && !accept.refused.has(mediaType);
}

/** Whether the type is named, or covered by `*\/*` or `application/*` and not refused. */
export function acceptAllows(accept: Accept, mediaType: string): boolean {
  if (accept.refused.has(mediaType)) return false;
  if (accept.types.includes(mediaType)) return true;
  if (accept.ranges.has('application/*')) return true;
  return accept.ranges.has('*/*') && !accept.refused.has('application/*');
}

/**
 * Forms in which a manifest fetched by tag may be sent, best first; the caller sends the first that it can
 * make and answers 404 if there is none. The stored kind in the list means the bytes as they are.
 */
export function listAcceptableKinds(accept: Accept, stored: ManifestKind): ManifestKind[] {
  if (acceptAllows(accept, manifestMediaType(stored))) return [stored];
  if (accept.isLegacy) return listLegacyKinds(stored);
  return convertibleKinds[stored].filter((kind) => acceptNames(accept, manifestMediaType(kind)));
}

/** Docker's list and schema 2 become schema 1 for old engines; OCI types go out as stored. */
function listLegacyKinds(stored: ManifestKind): ManifestKind[] {
  return stored === 'schema2' || stored === 'list' ? ['schema1-signed', 'schema1'] : [stored];
}

const schema1Kinds: readonly ManifestKind[] = ['schema1-signed', 'schema1'];

/** What a stored kind can be turned into: an index into its linux/amd64 child, an image into schema 1. */
const convertibleKinds: Readonly<Record<ManifestKind, readonly ManifestKind[]>> = {
  schema1: ['schema1-signed'],
  'schema1-signed': ['schema1'],
  schema2: schema1Kinds,
  list: ['schema2', 'oci-manifest', ...schema1Kinds],
  'oci-manifest': schema1Kinds,
  'oci-index': ['oci-manifest', 'schema2', ...schema1Kinds],
  'oci-artifact': [],
};
