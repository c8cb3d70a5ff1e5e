import { type Digest, fallbackTagName, findManifestKind, mediaTypes, parseManifest } from '@wharf/oci';
import type { Services } from '#/domain/services.ts';
import { findAnnotations, findManifestBytes, findTaggedManifest, listReferrerRows } from './queries.ts';
import { findHeldManifests } from './queries-reachability.ts';

/** An entry of the answer, in the form of the wire (OCI image spec, "descriptor"). */
export interface ReferrerDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Beyond this size of the answer the rest is left out: clients take no larger index. */
const longestAnswerBytes = 4 * 1024 ** 2;
const rowsPerQuery = 200;
/** How many manifests are looked at for one answer. */
const mostRows = 5000;

/**
 * What refers to a digest in a repository (registry protocol A15): the held manifests and indexes that name it as their subject,
 * by digest, then the entries of the index under the fallback tag that are not among them. The subject itself need not exist.
 */
export async function listReferrers(
  services: Services,
  input: {
    readonly repositoryId: number;
    readonly subject: Digest;
    readonly artifactType?: string | undefined;
  },
): Promise<ReferrerDescriptor[]> {
  const found = new Map<string, ReferrerDescriptor>();
  let sizeBytes = 0;
  for await (const descriptor of candidates(services, input)) {
    if (found.has(descriptor.digest)) continue;
    if (input.artifactType !== undefined && descriptor.artifactType !== input.artifactType) continue;
    sizeBytes += Buffer.byteLength(JSON.stringify(descriptor));
    if (sizeBytes > longestAnswerBytes) break;
    found.set(descriptor.digest, descriptor);
  }
  return [...found.values()];
}

type Input = Parameters<typeof listReferrers>[1];

async function* candidates(services: Services, input: Input): AsyncGenerator<ReferrerDescriptor> {
  yield* listBySubject(services, input);
  yield* listByFallbackTag(services, input);
}

async function* listBySubject(
  services: Services,
  { repositoryId, subject, artifactType }: Input,
): AsyncGenerator<ReferrerDescriptor> {
  const db = services.database.read;
  const nowMs = services.clock.nowMs();
  let after: Digest | undefined;
  for (let seen = 0; seen < mostRows; seen += rowsPerQuery) {
    const page = { repositoryId, subject, artifactType, after, limit: rowsPerQuery };
    const rows = await listReferrerRows(db, page);
    const held = await findHeldManifests(
      db,
      rows.map(({ id }) => id),
      { nowMs, windowMs: 0 },
    );
    for (const row of rows.filter(({ id }) => held.has(id))) {
      yield {
        mediaType: row.mediaType,
        digest: row.digest,
        size: row.sizeBytes,
        ...(row.artifactType !== null && { artifactType: row.artifactType }),
        ...withAnnotations(await readAnnotations(services, row.id)),
      };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerQuery) return;
    after = last.digest;
  }
}

/** Row by row, so that no more is read than the answer can hold. */
async function readAnnotations(
  services: Services,
  manifestId: number,
): Promise<Readonly<Record<string, string>>> {
  const json = await findAnnotations(services.database.read, manifestId);
  return json === undefined ? {} : JSON.parse(json);
}

/** Written by clients that met this registry, or another that the content came from, without the referrers API. */
async function* listByFallbackTag(
  services: Services,
  { repositoryId, subject }: Input,
): AsyncGenerator<ReferrerDescriptor> {
  const db = services.database.read;
  const stored = await findTaggedManifest(db, repositoryId, fallbackTagName(subject), services.clock.nowMs());
  if (stored === undefined || stored.mediaType !== mediaTypes.ociIndex) return;
  const bytes = await findManifestBytes(db, stored.id);
  if (bytes === undefined) return;
  for (const child of parseManifest(stored.mediaType, bytes).children) {
    if (findManifestKind(child.mediaType) === undefined) continue;
    yield {
      mediaType: child.mediaType,
      digest: child.digest,
      size: child.sizeBytes,
      ...(child.artifactType !== undefined && { artifactType: child.artifactType }),
      ...withAnnotations(child.annotations),
    };
  }
}

function withAnnotations(
  annotations: Readonly<Record<string, string>>,
): Pick<ReferrerDescriptor, 'annotations'> {
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}
