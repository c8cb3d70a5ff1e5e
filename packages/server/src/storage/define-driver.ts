import type { z } from 'zod';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';

/** An engine that `DISTRIBUTED_STORAGE_CONFIG` can name. */
export interface StorageDriverDefinition {
  readonly name: string;
  /** Names of the parameters that it takes. */
  readonly parameterNames: readonly string[];
  /** Opens a driver; throws StorageError `invalid` that names every wrong parameter. */
  open(parameters: Readonly<Record<string, unknown>>): Promise<StorageDriver>;
}

/** A plug-in of this folder: its `config` is strict, and `create` imports what is heavy only when called. */
export function defineStorageDriver<Config extends z.ZodObject>(definition: {
  readonly name: string;
  readonly config: Config;
  create(parameters: z.output<Config>): Promise<StorageDriver>;
}): StorageDriverDefinition {
  const { name, config } = definition;
  const schema = config.strict();
  const parameterNames = Object.keys(config.shape);

  return {
    name,
    parameterNames,
    async open(given) {
      // A saved form holds null and empty text for what was left out.
      const present = Object.entries(given).filter(([, value]) => value !== null && value !== '');
      const parsed = schema.safeParse(Object.fromEntries(present));
      if (parsed.success) return await definition.create(parsed.data as z.output<Config>);
      const problems = parsed.error.issues.map((issue) =>
        issue.code === 'unrecognized_keys'
          ? `unknown ${issue.keys.join(', ')} (it takes ${parameterNames.join(', ')})`
          : [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': '),
      );
      throw new StorageError('invalid', `wrong parameters of ${name}: ${problems.join('; ')}`);
    },
  };
}
