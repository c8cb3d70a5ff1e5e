import type { KeyDefinition } from '#/config/key.ts';

/** A group of keys that are accepted and checked, and have no effect yet. */
export interface KnownKeyGroup {
  readonly title: string;
  readonly keys: readonly KeyDefinition[];
}

export const knownKeyGroups: readonly KnownKeyGroup[] = [];
