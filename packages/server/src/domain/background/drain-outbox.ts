import { randomUUID } from 'node:crypto';
import type { Services } from '#/domain/services.ts';
import { notifyObservers } from './observe-queues.ts';
import { claimEvent, deleteEvent, listDueEvents, type OutboxEvent, returnEvent } from './queries/outbox.ts';

const batchSize = 50;
const leaseMs = 60_000;
const defaultAttempts = 8;
const defaultFirstDelayMs = 2_000;
const mostDelayMs = 10 * 60_000;

/**
 * Delivers the due events of a topic, at least once each, in the order of their numbers where they have one; any number of nodes may
 * drain at once. A failed event is tried again after `firstDelayMs`, then ever more rarely, and parked after `attempts` failures; `deliver`
 * must end within a minute and may see an event twice. Returns how many were delivered.
 */
export async function drainOutbox(
  services: Pick<Services, 'database' | 'clock' | 'logger' | 'nodeId'>,
  options: {
    readonly topic: string;
    readonly attempts?: number;
    readonly firstDelayMs?: number;
    readonly signal?: AbortSignal;
  },
  deliver: (event: OutboxEvent) => Promise<void>,
): Promise<number> {
  const { database, clock, logger, nodeId } = services;
  const { topic, attempts = defaultAttempts, firstDelayMs = defaultFirstDelayMs } = options;
  let delivered = 0;
  for (;;) {
    const due = await listDueEvents(database.read, { topic, nowMs: clock.nowMs(), limit: batchSize });
    let progress = false;
    for (const event of due) {
      if (options.signal?.aborted === true) return delivered;
      const owner = `${nodeId}:${randomUUID()}`;
      const nowMs = clock.nowMs();
      const claim = { id: event.id, owner, nowMs, leaseExpiresMs: nowMs + leaseMs };
      const claimed = await database.transaction((db) => claimEvent(db, claim));
      notifyObservers(claimed ? 'acquired' : 'claimed', topic);
      if (!claimed) continue;
      progress = true;
      try {
        await deliver(event);
      } catch (error) {
        const failures = event.attempts + 1;
        const parked = failures >= attempts;
        const delayMs = Math.min(firstDelayMs * 2 ** event.attempts, mostDelayMs) * (0.5 + Math.random());
        logger.warn({ err: error, topic, event: event.id, failures, parked }, 'event not delivered');
        const availableAfterMs = Math.round(clock.nowMs() + delayMs);
        await database.transaction((db) =>
          returnEvent(db, { id: event.id, owner, availableAfterMs, parked }),
        );
        continue;
      }
      await database.transaction((db) => deleteEvent(db, event.id, owner));
      notifyObservers('delete', topic);
      delivered += 1;
    }
    if (!progress) return delivered;
  }
}
