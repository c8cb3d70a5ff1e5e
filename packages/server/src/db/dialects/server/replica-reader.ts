import { DatabaseUnavailableError } from '#/db/database.ts';
import type { Engine } from '#/db/dialects/engine.ts';

/** A replica that could not be reached is left alone for so long: finding it dead takes seconds. */
const restMs = 10_000;

/**
 * Reads from the replicas in turn, and from the primary what none of them can answer: one is away, behind with the schema, or ended the
 * query to catch up. Nothing but reads; transactions belong to the primary. `close` closes the replicas only.
 */
export function createReplicaReader(
  primary: Engine,
  replicas: readonly Engine[],
  nowMs: () => number = () => performance.now(),
): Engine {
  const places = replicas.map((engine) => ({ engine, restsUntilMs: 0 }));
  let turn = 0;
  return {
    name: primary.name,
    async read(query) {
      const awake = places.filter(({ restsUntilMs }) => restsUntilMs <= nowMs());
      turn += 1;
      const place = awake[turn % awake.length];
      if (place === undefined) return primary.read(query);
      try {
        return await place.engine.read(query);
      } catch (error) {
        if (error instanceof DatabaseUnavailableError) place.restsUntilMs = nowMs() + restMs;
        // A fault of the query itself is one there too.
        return primary.read(query);
      }
    },
    begin() {
      throw new Error('replicas take no transactions');
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.close()));
    },
  };
}
