import type { Database } from '#/db/database.ts';
import type { StorageDriver } from '#/storage/driver.ts';
import type { Wrapping } from '#/testing/blob-fixture.ts';

/** The process died here. */
class CrashError extends Error {}

export interface CrashPoint extends Wrapping {
  /** Whether the run got as far as the point. */
  readonly reached: () => boolean;
}

const changingCalls: ReadonlySet<PropertyKey> = new Set<keyof StorageDriver>([
  'put',
  'remove',
  'startUpload',
  'append',
  'completeUpload',
  'cancelUpload',
]);

/**
 * A process that dies at the `at`-th moment: right before or right after a change of the store or a transaction. From then on nothing
 * that it tries happens.
 */
export function crashAt(at: number): CrashPoint {
  let moments = 0;
  let dead = false;
  function moment(): void {
    if (moments === at) dead = true;
    moments += 1;
    if (dead) throw new CrashError(`died at ${at}`);
  }
  async function step<T>(change: () => Promise<T>): Promise<T> {
    moment();
    const value = await change();
    moment();
    return value;
  }
  return {
    reached: () => dead,
    driver: (driver) =>
      new Proxy(driver, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property);
          if (typeof member !== 'function') return member;
          return (...input: unknown[]) => {
            const call = (): Promise<unknown> => Reflect.apply(member, target, input);
            if (changingCalls.has(property)) return step(call);
            if (dead) throw new CrashError(`dead since ${at}`);
            return call();
          };
        },
      }),
    database: (database): Database => ({
      dialect: database.dialect,
      get read() {
        if (dead) throw new CrashError(`dead since ${at}`);
        return database.read;
      },
      get listing() {
        if (dead) throw new CrashError(`dead since ${at}`);
        return database.listing;
      },
      transaction: (work, options) => step(() => database.transaction(work, options)),
      epoch: () => (dead ? undefined : database.epoch()),
      close: () => database.close(),
    }),
  };
}
