import type { ValueType } from '#/config/value-types.ts';

/** When a key appeared: the 2.9 guide's schema, 2.9 without being in it, a later release, or only here. */
export type Since = '2.9' | '2.9 (not in its guide)' | `3.${number}` | '3.x' | 'Wharf';

/** What defaults may depend on. */
export interface DefaultContext {
  /** Absolute. */
  readonly dataDirectory: string;
}

/** One key of `config.yaml`, as loader, report and documentation know it. */
export interface KeyDefinition<T = unknown> {
  readonly name: string;
  readonly type: ValueType<T>;
  /** Raw value that counts when the key is absent, or undefined. */
  defaultRaw(context: DefaultContext): unknown;
  /** The default as the documentation shows it. */
  readonly defaultText: string;
  readonly nullable: boolean;
  /** False while nothing acts on the key yet; it is accepted and checked all the same. */
  readonly honoured: boolean;
  readonly since: Since;
  readonly summary: string;
}

interface KeyOptions {
  readonly since: Since;
  readonly summary: string;
  /** `null` means something of its own, namely `undefined` after parsing; elsewhere it counts as absent. */
  readonly nullable?: boolean;
  /** Nothing acts on the key yet. */
  readonly later?: true;
  /** For defaults that are computed or that read badly as JSON. */
  readonly defaultText?: string;
}

/** A key with a default that always counts. */
export function key<T>(
  name: string,
  type: ValueType<T>,
  options: KeyOptions & { readonly default: unknown; readonly nullable?: false },
): KeyDefinition<T>;
/** A key that may end up undefined. */
export function key<T>(
  name: string,
  type: ValueType<T>,
  options: KeyOptions & { readonly default?: unknown },
): KeyDefinition<T | undefined>;
export function key(
  name: string,
  type: ValueType<unknown>,
  options: KeyOptions & { readonly default?: unknown },
): KeyDefinition<unknown> {
  const fallback = options.default;
  return {
    name,
    type,
    defaultRaw: typeof fallback === 'function' ? (context) => fallback(context) : () => fallback,
    defaultText: options.defaultText ?? (fallback === undefined ? 'none' : JSON.stringify(fallback)),
    nullable: options.nullable ?? false,
    honoured: options.later !== true,
    since: options.since,
    summary: options.summary,
  };
}

/** Keys that belong together, under the names that the code uses for them. */
export interface Section<
  K extends Readonly<Record<string, KeyDefinition>> = Readonly<Record<string, KeyDefinition>>,
> {
  readonly title: string;
  readonly keys: K;
}

export function section<K extends Readonly<Record<string, KeyDefinition>>>(
  title: string,
  keys: K,
): Section<K> {
  return { title, keys };
}

/** The parsed values of a section. */
export type SectionValues<S extends Section> = {
  readonly [Name in keyof S['keys']]: S['keys'][Name] extends KeyDefinition<infer T> ? T : never;
};
