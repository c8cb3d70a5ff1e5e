import type { OpsServices } from '#/ops/ops-services.ts';
import type { CheckResults } from './checks.ts';

/** What a group of checks amounts to. */
export interface Verdict {
  readonly healthy: boolean;
  /** For operators: what the verdict rests on beside the checks themselves. */
  readonly notes: readonly string[];
}

/** Every check counts. */
export async function judgeAll(_services: OpsServices, results: CheckResults): Promise<Verdict> {
  return { healthy: areHealthy(results), notes: [] };
}

/**
 * As judgeAll; but a database that its cloud says is not available is no reason to replace the instance, which cannot help it: then the check
 * of the database does not count. Only for instances: who monitors the whole wants to know.
 */
export async function judgeInstance(services: OpsServices, results: CheckResults): Promise<Verdict> {
  if (services.cloudDatabaseState === undefined || results.get('database')?.healthy !== false) {
    return judgeAll(services, results);
  }
  const state = await services.cloudDatabaseState();
  const counts = state === 'available';
  const note = `The database check failed and RDS says "${state}": the check ${counts ? 'counts' : 'does not count'}.`;
  services.domain.logger.warn({ state }, note);
  const counting = counts ? results : new Map([...results].filter(([name]) => name !== 'database'));
  return { healthy: areHealthy(counting), notes: [note] };
}

function areHealthy(results: CheckResults): boolean {
  return [...results.values()].every(({ healthy }) => healthy);
}
