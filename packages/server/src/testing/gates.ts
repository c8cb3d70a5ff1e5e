import type { StorageDriver } from '#/storage/driver.ts';

/** A place where a run stops until the test lets it go on. */
export interface Gate {
  /** Resolves when the run stands at the gate. */
  readonly arrived: Promise<void>;
  open(): void;
  /** For the run: stops until the gate opens. */
  pass(): Promise<void>;
}

export function createGate(): Gate {
  const arrival = Promise.withResolvers<void>();
  const opening = Promise.withResolvers<void>();
  return {
    arrived: arrival.promise,
    open: opening.resolve,
    async pass() {
      arrival.resolve();
      await opening.promise;
    },
  };
}

/** The driver, with one of its methods stopped at a gate before or after its effect. */
export function gateDriver(method: keyof StorageDriver, when: 'before' | 'after', gate: Gate) {
  return (driver: StorageDriver): StorageDriver =>
    new Proxy(driver, {
      get(target, property) {
        const member: unknown = Reflect.get(target, property);
        if (property !== method || typeof member !== 'function') return member;
        return async (...input: unknown[]) => {
          if (when === 'before') await gate.pass();
          const value: unknown = await Reflect.apply(member, target, input);
          if (when === 'after') await gate.pass();
          return value;
        };
      },
    });
}
