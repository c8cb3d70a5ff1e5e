import { availableParallelism } from 'node:os';
import type { Role } from '#/cli/serve-options.ts';
import type { Configuration } from '#/config/configuration.ts';

/** One with SQLite, whose writers wait for each other anyway, and one without anything to serve; else one per core. */
export function processCount({ database, workers }: Configuration, roles: readonly Role[]): number {
  if (!roles.includes('registry') && !roles.includes('api')) return 1;
  return workers.registryProcesses ?? (database.uri.startsWith('sqlite') ? 1 : availableParallelism());
}
