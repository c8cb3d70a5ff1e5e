import { type KeyDefinition, key, type Since } from '#/config/key.ts';
import type { ValueType } from '#/config/value-types.ts';

/** A group of keys that are accepted and checked, and have no effect yet. */
export interface KnownKeyGroup {
  readonly title: string;
  readonly keys: readonly KeyDefinition[];
}

/** Appeared before 2.9 or with it, but its guide does not list the key. */
export const unlisted: Since = '2.9 (not in its guide)';

/** One such key; `undefined` says that it has no default. */
export function known(
  name: string,
  type: ValueType<unknown>,
  fallback: unknown,
  since: Since,
  summary: string,
): KeyDefinition {
  return key(name, type, { default: fallback, nullable: true, later: true, since, summary });
}
