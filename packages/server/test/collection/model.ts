import type { Digest } from '@wharf/oci';
import { type Content, withChildren } from './content.ts';

/** A row of the history as clients know it from the answers that they got. */
export interface ModelTag {
  /** Undefined for the hidden tag of a manifest that was pushed by its digest. */
  readonly name: string | undefined;
  readonly content: Content;
  /** Null for ever. */
  endMs: number | null;
}

export interface ModelRepository {
  readonly id: number;
  readonly name: string;
  readonly windowMs: number;
  isDeleted: boolean;
  readonly tags: ModelTag[];
  /** Until when an uploaded or mounted blob is visible. */
  readonly links: Map<Digest, number>;
  /** How often clients deleted a blob: what was acknowledged before does not count any more. */
  readonly deletions: Map<Digest, number>;
}

/** What must be there. It knows nothing of collection, only what clients were told. */
export class Model {
  readonly repositories: ModelRepository[] = [];

  add(repository: {
    readonly id: number;
    readonly name: string;
    readonly windowMs: number;
  }): ModelRepository {
    const added = { ...repository, isDeleted: false, tags: [], links: new Map(), deletions: new Map() };
    this.repositories.push(added);
    return added;
  }

  get alive(): ModelRepository[] {
    return this.repositories.filter(({ isDeleted }) => !isDeleted);
  }

  /** A name means this from now on. */
  point(repository: ModelRepository, name: string, content: Content, nowMs: number): void {
    this.end(repository, (tag) => tag.name === name, nowMs);
    const endMs = content.lifetimeMs === undefined ? null : nowMs + content.lifetimeMs;
    repository.tags.push({ name, content, endMs });
  }

  /** A manifest was pushed by its digest. */
  hold(repository: ModelRepository, content: Content, endMs: number | null): void {
    repository.tags.push({ name: undefined, content, endMs });
  }

  /** Tags end now unless they did before. */
  end(repository: ModelRepository, which: (tag: ModelTag) => boolean, nowMs: number): void {
    for (const tag of repository.tags) {
      if (which(tag) && (tag.endMs === null || tag.endMs > nowMs)) tag.endMs = nowMs;
    }
  }

  /** Whether the tag is in the time machine still, or alive. */
  isKept(repository: ModelRepository, tag: ModelTag, nowMs: number): boolean {
    if (tag.endMs === null) return true;
    return nowMs < tag.endMs + (tag.name === undefined ? 0 : repository.windowMs);
  }

  isAlive(tag: ModelTag, nowMs: number): boolean {
    return tag.endMs === null || nowMs < tag.endMs;
  }

  /** Manifests that must be there, by repository. */
  keptManifests(repository: ModelRepository, nowMs: number): Map<Digest, Content> {
    const kept = new Map<Digest, Content>();
    if (repository.isDeleted) return kept;
    for (const tag of repository.tags) {
      if (!this.isKept(repository, tag, nowMs)) continue;
      for (const content of withChildren(tag.content)) kept.set(content.digest, content);
    }
    return kept;
  }

  /** Blobs that must be in the store. */
  keptBlobs(nowMs: number): Map<Digest, number> {
    const kept = new Map<Digest, number>();
    for (const repository of this.alive) {
      for (const content of this.keptManifests(repository, nowMs).values()) {
        for (const { digest, bytes } of content.blobs) kept.set(digest, bytes.length);
      }
      for (const [digest, untilMs] of repository.links) if (nowMs < untilMs) kept.set(digest, 0);
    }
    return kept;
  }
}
