import { randomUUID } from 'node:crypto';
import type { Services } from '#/domain/services.ts';
import { releaseLease, renewLease, takeLease } from './queries/leases.ts';

/** What work under a lease may ask. */
export interface HeldLease {
  /** Whether the lease is still ours by this node's clock, with a tenth of its time to spare. */
  isHeld(): boolean;
  /** Aborted when the lease was lost: somebody else may be at work. */
  readonly signal: AbortSignal;
}

/**
 * Runs `work` while this process holds the lease of that name, which one process over all nodes can; renewed meanwhile, and given
 * back in the end. Returns the value of `work`, or undefined, at once, when somebody else holds the lease.
 */
export async function withLease<T>(
  services: Pick<Services, 'database' | 'clock' | 'logger' | 'nodeId'>,
  name: string,
  ttlMs: number,
  work: (lease: HeldLease) => Promise<T>,
): Promise<T | undefined> {
  const { database, clock, logger, nodeId } = services;
  const owner = `${nodeId}:${randomUUID()}`;
  let expiresMs = clock.nowMs() + ttlMs;
  const taken = await database.transaction((db) =>
    takeLease(db, { name, owner, nowMs: clock.nowMs(), expiresMs }),
  );
  if (!taken) return undefined;

  const lost = new AbortController();
  async function renew(): Promise<void> {
    const nowMs = clock.nowMs();
    const until = nowMs + ttlMs;
    const renewed = await database.transaction((db) =>
      renewLease(db, { name, owner, nowMs, expiresMs: until }),
    );
    if (renewed) expiresMs = until;
    else lost.abort(new Error(`the lease ${name} was lost`));
  }
  const timer = setInterval(() => {
    renew().catch((error: unknown) => logger.warn({ err: error, lease: name }, 'lease not renewed'));
  }, ttlMs / 3);
  timer.unref();
  try {
    return await work({
      signal: lost.signal,
      isHeld: () => !lost.signal.aborted && clock.nowMs() < expiresMs - ttlMs / 10,
    });
  } finally {
    clearInterval(timer);
    await database
      .transaction((db) => releaseLease(db, { name, owner, nowMs: clock.nowMs() }))
      .catch((error: unknown) =>
        logger.warn({ err: error, lease: name }, 'lease not given back; it runs out'),
      );
  }
}
