import { parseAccept, parseReference, parseTagName } from '@wharf/oci';
import { cleanQueue } from '#/domain/background/index.ts';
import {
  deleteBlob,
  expireBlobLinks,
  findBlob,
  mountBlob,
  readBlob,
  runBlobDeletions,
} from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  collectTags,
  deleteRepository,
  forgetEndedNames,
  runRepositoryDeletions,
} from '#/domain/gc/index.ts';
import { findManifest } from '#/domain/manifests/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { deleteManifest, deleteTag, pushManifest, restoreTag } from '#/domain/tags/index.ts';
import { uploadBlob } from '#/domain/uploads/index.ts';
import { bodyOf } from '#/testing/bytes.ts';
import type { Random } from '#/testing/push-random.ts';
import { type Blob, type Content, withChildren } from './content.ts';
import type { Model, ModelRepository } from './model.ts';
import type { Schedule } from './schedule.ts';

export interface World {
  readonly model: Model;
  readonly schedule: Schedule;
  readonly random: Random;
  readonly nodes: readonly Services[];
  readonly contents: readonly Content[];
  readonly namespace: { readonly id: number; readonly name: string; readonly windowMs: number };
  readonly temporaryMs: number;
}

/** What one client or worker does, from an order of its own to the answer. */
type Action = (world: World, services: Services) => Promise<void>;
type NamedAction = readonly [name: string, action: Action];

const performer = { accountId: null, ip: null, metadata: {} };
const tagNames = ['latest', 'stable', 'old'].map(parseTagName);

/** Refusals that a client may meet when others delete what it is about to use. */
const refusals: ReadonlySet<string> = new Set([
  'already_exists',
  'blob_referenced',
  'blob_unknown',
  'blob_upload_unknown',
  'manifest_blob_unknown',
  'manifest_invalid',
  'manifest_unknown',
  'name_unknown',
  'storage_unavailable',
  'tag_expired',
]);

/** Runs a client's calls; a refusal ends them. */
function asClient(action: Action): Action {
  return async (world, services) => {
    try {
      await action(world, services);
    } catch (error) {
      if (!(error instanceof DomainError) || !refusals.has(error.code)) throw error;
      world.schedule.note(`  refused: ${error.code}`);
    }
  };
}

function reference(world: World, repository: ModelRepository) {
  const { id, name } = repository;
  return { id, name, namespaceId: world.namespace.id, namespace: world.namespace.name };
}

/** As docker does: asks for each blob, mounts or uploads what is missing, children first, then the manifest. */
const push = asClient(async (world, services) => {
  const { model, random } = world;
  const repository = pickRepository(world);
  if (repository === undefined) return;
  const content = random.pick(world.contents);
  const others = model.alive.filter((other) => other !== repository);
  for (const part of withChildren(content).toReversed()) {
    for (const blob of part.blobs) await provide(world, services, repository, blob, others);
    if (part !== content) await putManifest(world, services, repository, part, undefined);
  }
  const byDigest = random.below(4) === 0;
  await putManifest(world, services, repository, content, byDigest ? undefined : random.pick(tagNames));
});

async function provide(
  world: World,
  services: Services,
  repository: ModelRepository,
  blob: Blob,
  others: readonly ModelRepository[],
): Promise<void> {
  const { database, clock } = services;
  const found = await findBlob(database.read, repository.id, blob.digest, clock.nowMs());
  if (found !== undefined && world.random.below(4) > 0) return;
  if (others.length > 0 && world.random.below(3) === 0) {
    const from = world.random.pick(others);
    if (await mount(world, services, from, repository, blob)) return;
  }
  await upload(world, services, repository, blob);
}

async function upload(
  world: World,
  services: Services,
  repository: ModelRepository,
  { digest, bytes }: Blob,
): Promise<void> {
  const untilMs = services.clock.nowMs() + world.temporaryMs;
  const deletions = repository.deletions.get(digest);
  await uploadBlob(services, { repositoryId: repository.id, digest, body: bodyOf(bytes) });
  if (repository.deletions.get(digest) === deletions) extendLink(repository, digest, untilMs);
}

async function mount(
  world: World,
  services: Services,
  from: ModelRepository,
  to: ModelRepository,
  { digest }: Blob,
): Promise<boolean> {
  const untilMs = services.clock.nowMs() + world.temporaryMs;
  const deletions = to.deletions.get(digest);
  const mounted = await mountBlob(services, { digest, from: from.id, to: to.id });
  if (mounted === undefined) return false;
  if (to.deletions.get(digest) === deletions) extendLink(to, digest, untilMs);
  return true;
}

function extendLink({ links }: ModelRepository, digest: Blob['digest'], untilMs: number): void {
  links.set(digest, Math.max(untilMs, links.get(digest) ?? 0));
}

async function putManifest(
  world: World,
  services: Services,
  repository: ModelRepository,
  content: Content,
  tag: string | undefined,
): Promise<void> {
  const { model } = world;
  world.schedule.expect(() => {
    const nowMs = services.clock.nowMs();
    if (tag === undefined) hold(world, repository, content, nowMs);
    else model.point(repository, tag, content, nowMs);
  });
  await pushManifest(services, {
    repository: reference(world, repository),
    mediaType: content.mediaType,
    bytes: content.bytes,
    reference: parseReference(tag ?? content.digest),
    tags: [],
    performer,
  });
}

/** A manifest pushed by digest is held for a while, one with a subject until it is deleted, unless a tag does so already. */
function hold(
  { model, temporaryMs }: World,
  repository: ModelRepository,
  content: Content,
  nowMs: number,
): void {
  const untilMs = content.hasSubject ? null : nowMs + temporaryMs;
  const isEnough = repository.tags.some(
    (tag) =>
      tag.content.digest === content.digest &&
      model.isAlive(tag, nowMs) &&
      ((tag.endMs === null && (tag.name === undefined || untilMs !== null)) ||
        (tag.endMs !== null && untilMs !== null && tag.endMs >= untilMs)),
  );
  if (!isEnough) model.hold(repository, content, untilMs);
}

/** Half a push: what it brings becomes garbage unless somebody else comes to use it. */
const pushBlob = asClient(async (world, services) => {
  const repository = pickRepository(world);
  if (repository === undefined) return;
  const blob = world.random.pick(world.contents.flatMap(({ blobs }) => blobs));
  await provide(world, services, repository, blob, world.model.alive);
});

/** Moves a name to an image that another name has. */
const retag = asClient(async (world, services) => {
  const repository = pickRepository(world);
  const tag = pickTag(world, repository, services.clock.nowMs());
  if (repository === undefined || tag === undefined) return;
  await putManifest(world, services, repository, tag.content, world.random.pick(tagNames));
});

const removeTag = asClient(async (world, services) => {
  const repository = pickRepository(world);
  if (repository === undefined) return;
  const name = world.random.pick(tagNames);
  world.schedule.expect(() => {
    world.model.end(repository, (tag) => tag.name === name, services.clock.nowMs());
  });
  await deleteTag(services, { repository: reference(world, repository), tag: name, performer });
});

const removeManifest = asClient(async (world, services) => {
  const repository = pickRepository(world);
  if (repository === undefined) return;
  const { digest } = world.random.pick(world.contents);
  world.schedule.expect(() => {
    world.model.end(repository, (tag) => tag.content.digest === digest, services.clock.nowMs());
  });
  await deleteManifest(services, { repository: reference(world, repository), digest, performer });
});

const removeBlob = asClient(async (world, services) => {
  const repository = pickRepository(world);
  if (repository === undefined) return;
  const { digest } = world.random.pick(world.contents.flatMap(({ blobs }) => blobs));
  world.schedule.expect(() => {
    repository.links.delete(digest);
    repository.deletions.set(digest, (repository.deletions.get(digest) ?? 0) + 1);
  });
  await deleteBlob(services, { repositoryId: repository.id, digest });
});

const restore = asClient(async (world, services) => {
  const repository = pickRepository(world);
  if (repository === undefined) return;
  const ended = repository.tags.filter(({ name, endMs }) => name !== undefined && endMs !== null);
  if (ended.length === 0) return;
  const { content } = world.random.pick(ended);
  const name = world.random.pick(tagNames);
  world.schedule.expect(() => world.model.point(repository, name, content, services.clock.nowMs()));
  await restoreTag(services, {
    repository: reference(world, repository),
    tag: name,
    digest: content.digest,
    performer,
  });
});

/** A pull of a tag that stays alive all the while must give every byte. */
const pull = asClient(async (world, services) => {
  const repository = pickRepository(world);
  const tag = pickTag(world, repository, services.clock.nowMs());
  if (repository === undefined || tag?.name === undefined) return;
  try {
    const { bytes } = await findManifest(services, {
      repository: reference(world, repository),
      reference: { digest: tag.content.digest },
      accept: parseAccept([]),
    });
    if (bytes === undefined || !bytes.equals(tag.content.bytes)) throw new Error('other bytes');
    for (const { digest, bytes: wanted } of tag.content.blobs) {
      const blob = await findBlob(services.database.read, repository.id, digest, services.clock.nowMs());
      if (blob === undefined) throw new DomainError('blob_unknown', 'no such blob');
      if (!(await readBlob(services, blob)).equals(wanted)) throw new Error('other bytes');
    }
  } catch (error) {
    const nowMs = Math.max(...world.nodes.map(({ clock }) => clock.nowMs()));
    if (!repository.isDeleted && world.model.isAlive(tag, nowMs)) {
      throw new Error(`a pull of ${tag.name} failed`, { cause: error });
    }
    throw error;
  }
});

const removeRepository = asClient(async (world, services) => {
  const repository = pickRepository(world);
  if (repository === undefined) return;
  world.schedule.expect(() => {
    repository.isDeleted = true;
  });
  await deleteRepository(services, { repository: reference(world, repository), performer });
});

export const makeRepository: Action = asClient(async (world, services) => {
  if (world.model.alive.length >= 3) return;
  const { id, name } = await createRepository(services, {
    namespaceId: world.namespace.id,
    name: `repository-${world.random.below(3)}`,
    visibility: 'private',
    creator: undefined,
  });
  world.model.add({ id, name, windowMs: world.namespace.windowMs });
});

const collect: Action = async (_world, services) => {
  await forgetEndedNames(services);
  await collectTags(services);
};
const expireLinks: Action = async (_world, services) => {
  await expireBlobLinks(services);
};
const removeObjects: Action = async (_world, services) => {
  await runBlobDeletions(services);
};
const purge: Action = async (_world, services) => {
  await runRepositoryDeletions(services);
};

const cleanJobs: Action = async (_world, services) => {
  await cleanQueue(services);
};

/** Every round of background work, in the order in which garbage goes through them. */
export const rounds: readonly Action[] = [purge, collect, expireLinks, removeObjects, cleanJobs];

/** A history of nothing but blobs that come and go: pushes meet deleters all the time. */
export const blobActions: readonly NamedAction[] = (
  [
    ['push blob', pushBlob, 2],
    ['expire links', expireLinks, 1],
    ['remove objects', removeObjects, 3],
  ] as const
).flatMap(([name, action, weight]) => Array.from({ length: weight }, () => [name, action] as const));

/** What may happen next, the likely things several times. */
export const actions: readonly NamedAction[] = (
  [
    ['push', push, 6],
    ['push blob', pushBlob, 5],
    ['retag', retag, 1],
    ['delete tag', removeTag, 3],
    ['delete manifest', removeManifest, 1],
    ['delete blob', removeBlob, 1],
    ['restore', restore, 2],
    ['pull', pull, 2],
    ['delete repository', removeRepository, 1],
    ['create repository', makeRepository, 2],
    ['collect', collect, 2],
    ['expire links', expireLinks, 3],
    ['remove objects', removeObjects, 5],
    ['purge', purge, 1],
  ] as const
).flatMap(([name, action, weight]) => Array.from({ length: weight }, () => [name, action] as const));

function pickRepository({ model, random }: World): ModelRepository | undefined {
  return model.alive.length === 0 ? undefined : random.pick(model.alive);
}

function pickTag({ model, random }: World, repository: ModelRepository | undefined, nowMs: number) {
  const alive = repository?.tags.filter((tag) => tag.name !== undefined && model.isAlive(tag, nowMs)) ?? [];
  return alive.length === 0 ? undefined : random.pick(alive);
}
