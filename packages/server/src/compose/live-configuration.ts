import type { Configuration } from '#/config/configuration.ts';

/** The configuration that a process runs, which a reload replaces. */
export interface LiveConfiguration {
  readonly current: Configuration;
  /** An object that stays the same while its fields follow the configuration: read it when the value is needed, never copy it. */
  derive<T extends object>(select: (configuration: Configuration) => T): T;
  /** Told after every derived object follows; what it throws is the caller's of `replace`. Returns the function that ends it. */
  onChange(listener: (next: Configuration, previous: Configuration) => void | Promise<void>): () => void;
  /** All derived objects change together or, when one selection throws, none does. */
  replace(next: Configuration): Promise<void>;
}

interface Derived {
  readonly target: object;
  readonly select: (configuration: Configuration) => object;
}

export function createLiveConfiguration(initial: Configuration): LiveConfiguration {
  let current = initial;
  const derived: Derived[] = [];
  const listeners = new Set<(next: Configuration, previous: Configuration) => void | Promise<void>>();
  return {
    get current() {
      return current;
    },
    derive(select) {
      const target = { ...select(current) };
      derived.push({ target, select });
      return target;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async replace(next) {
      const selected = derived.map(({ target, select }) => ({ target, fields: select(next) }));
      const previous = current;
      current = next;
      for (const { target, fields } of selected) replaceFields(target, fields);
      for (const listener of listeners) await listener(next, previous);
    },
  };
}

function replaceFields(target: object, fields: object): void {
  for (const name of Object.keys(target))
    if (!Object.hasOwn(fields, name)) Reflect.deleteProperty(target, name);
  Object.assign(target, fields);
}
