import type { DefaultContext, KeyDefinition } from '#/config/key.ts';
import { knownKeyGroups } from '#/config/known-keys.ts';
import { sections } from '#/config/sections/sections.ts';

/** Values by the name of their key, as YAML gives them. */
export type RawValues = Readonly<Record<string, unknown>>;

/** Every key by its name, whether it has an effect or not. */
export const allKeys: ReadonlyMap<string, KeyDefinition> = new Map(
  [
    ...knownKeyGroups.flatMap(({ keys }) => [...keys]),
    ...Object.values(sections).flatMap(({ keys }): KeyDefinition[] => Object.values(keys)),
  ].map((definition) => [definition.name, definition]),
);

/** What is given, and the defaults of the keys that are not; keys without either are left out. */
export function effectiveValues(given: RawValues, context: DefaultContext): RawValues {
  const values = new Map<string, unknown>();
  for (const [name, definition] of allKeys) values.set(name, definition.defaultRaw(context));
  for (const [name, value] of Object.entries(given)) {
    if (value !== null && value !== undefined) values.set(name, value);
  }
  return Object.fromEntries([...values].filter(([, value]) => value !== undefined && value !== null));
}
