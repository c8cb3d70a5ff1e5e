import { type Digest, fallbackTagName, findManifestKind, mediaTypes, parseManifest } from '@wharf/oci';
import type { Services } from '#/domain/services.ts';
import { findManifestBytes, findTaggedManifest } from './queries.ts';
import { findHeldManifests } from './queries-reachability.ts';
import {
  findAnnotations,
  findReferrersAmong,
  listReferrerRows,
  type ReferrerRow,
} from './queries-referrers.ts';

/** An entry of the answer, in the form of the wire (OCI image spec, "descriptor"). */
export interface ReferrerDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A place in the list: behind a digest among the manifests with the subject, or among the entries of the fallback tag. */
export interface ReferrersCursor {
  readonly source: 'subject' | 'fallback';
  readonly after: string;
}

/** Something that may be an entry; without a descriptor it is none. */
export interface ReferrerCandidate {
  readonly descriptor: ReferrerDescriptor | undefined;
  /** The place behind it. */
  readonly cursor: ReferrersCursor;
}

export interface ReferrersWalk {
  readonly repositoryId: number;
  readonly subject: Digest;
  readonly artifactType?: string | undefined;
  readonly after?: ReferrersCursor | undefined;
  /** How many the caller wants; only for the size of the steps. */
  readonly limit: number;
}

const mostPerStep = 200;
/** Annotations read at once, in bytes, unless those of a single manifest are longer. */
const annotationBytesAtOnce = 1024 ** 2;

/** Everything that may refer to the subject, behind `after`; reads in steps, as far as the caller goes on. */
export async function* walkReferrers(
  services: Services,
  walk: ReferrersWalk,
): AsyncGenerator<ReferrerCandidate> {
  if (walk.after?.source !== 'fallback') yield* walkSubject(services, walk, walk.after?.after);
  yield* walkFallbackTag(services, walk, walk.after?.source === 'fallback' ? walk.after.after : undefined);
}

async function* walkSubject(
  services: Services,
  { repositoryId, subject, artifactType, limit }: ReferrersWalk,
  start: string | undefined,
): AsyncGenerator<ReferrerCandidate> {
  const db = services.database.read;
  // One more than wanted tells whether there is another page.
  const step = Math.min(mostPerStep, limit + 1);
  let after = start;
  for (;;) {
    const rows = await listReferrerRows(db, { repositoryId, subject, artifactType, after, limit: step });
    const held = await findHeld(
      services,
      rows.map(({ id }) => id),
    );
    for (const group of groupByAnnotations(rows)) {
      const wanted = group.filter(({ id, annotationsBytes }) => held.has(id) && annotationsBytes > 0);
      const annotations = await findAnnotations(
        db,
        wanted.map(({ id }) => id),
      );
      for (const row of group) {
        const descriptor = held.has(row.id) ? describeRow(row, annotations.get(row.id)) : undefined;
        yield { descriptor, cursor: { source: 'subject', after: row.digest } };
      }
    }
    if (rows.length < step) return;
    after = rows.at(-1)?.digest;
  }
}

function findHeld(services: Services, manifestIds: readonly number[]): Promise<ReadonlySet<number>> {
  return findHeldManifests(services.database.read, manifestIds, {
    nowMs: services.clock.nowMs(),
    windowMs: 0,
  });
}

/** Neighbours whose annotations are read together. */
function* groupByAnnotations(rows: readonly ReferrerRow[]): Generator<readonly ReferrerRow[]> {
  let group: ReferrerRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (group.length > 0 && bytes + row.annotationsBytes > annotationBytesAtOnce) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(row);
    bytes += row.annotationsBytes;
  }
  yield group;
}

function describeRow(row: ReferrerRow, annotationsJson: string | undefined): ReferrerDescriptor {
  return {
    mediaType: row.mediaType,
    digest: row.digest,
    size: row.sizeBytes,
    ...(row.artifactType !== null && { artifactType: row.artifactType }),
    ...withAnnotations(annotationsJson === undefined ? {} : JSON.parse(annotationsJson)),
  };
}

/** Those that name the subject themselves were entries before. */
async function* walkFallbackTag(
  services: Services,
  walk: ReferrersWalk,
  after: string | undefined,
): AsyncGenerator<ReferrerCandidate> {
  const { repositoryId, subject } = walk;
  const entries = (await readFallbackIndex(services, walk)).filter(
    ({ digest }) => after === undefined || digest > after,
  );
  for (let start = 0; start < entries.length; start += mostPerStep) {
    const step = entries.slice(start, start + mostPerStep);
    const digests = step.map(({ digest }) => digest);
    const known = await findReferrersAmong(services.database.read, { repositoryId, subject, digests });
    const held = await findHeld(services, [...known.keys()]);
    const listed = new Set([...held].map((id) => known.get(id)));
    for (const descriptor of step) {
      const cursor = { source: 'fallback', after: descriptor.digest } as const;
      yield { descriptor: listed.has(descriptor.digest) ? undefined : descriptor, cursor };
    }
  }
}

/**
 * Entries of the index under the fallback tag, in the order of their digests, each once. Written by clients that met this
 * registry, or another that the content came from, without the referrers API.
 */
async function readFallbackIndex(
  services: Services,
  { repositoryId, subject, artifactType }: ReferrersWalk,
): Promise<readonly ReferrerDescriptor[]> {
  const db = services.database.read;
  const tagged = await findTaggedManifest(db, repositoryId, fallbackTagName(subject), services.clock.nowMs());
  const stored = tagged?.manifest;
  if (stored === undefined || stored.mediaType !== mediaTypes.ociIndex) return [];
  const bytes = await findManifestBytes(db, stored.id);
  if (bytes === undefined) return [];
  const entries = new Map<string, ReferrerDescriptor>();
  for (const child of parseManifest(stored.mediaType, bytes).children) {
    if (findManifestKind(child.mediaType) === undefined || entries.has(child.digest)) continue;
    if (artifactType !== undefined && child.artifactType !== artifactType) continue;
    entries.set(child.digest, {
      mediaType: child.mediaType,
      digest: child.digest,
      size: child.sizeBytes,
      ...(child.artifactType !== undefined && { artifactType: child.artifactType }),
      ...withAnnotations(child.annotations),
    });
  }
  return [...entries.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

function withAnnotations(
  annotations: Readonly<Record<string, string>>,
): Pick<ReferrerDescriptor, 'annotations'> {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}
