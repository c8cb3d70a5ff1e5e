import { drainOutbox } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { topicPrefix } from './announce.ts';
import { type DeliveryResult, deliverEvent } from './deliver-event.ts';
import { listDueTopics } from './queries.ts';

/** Receivers that are served at once. */
const atOnce = 8;
const topicsPerRound = 1000;
const attempts = 5;
const firstDelayMs = 30_000;

/**
 * Sends what waits for the receivers of notifications, each receiver's events one after another; any number of nodes may do so at
 * once. What failed is tried again after half a minute and then ever more rarely, five times in all. `onResult` hears of each attempt.
 */
export async function deliverNotifications(
  services: Services,
  options: {
    readonly signal?: AbortSignal;
    readonly onResult?: (method: string, result: DeliveryResult) => void;
  } = {},
): Promise<void> {
  const { database, clock } = services;
  const { signal } = options;
  const first = topicPrefix(services);
  /** The first text after every topic of notifications. */
  const end = `${first.slice(0, -1)}0`;
  for (;;) {
    const range = { first, end, nowMs: clock.nowMs(), limit: topicsPerRound };
    const topics = shuffled(await listDueTopics(database.read, range));
    let delivered = 0;
    const next = async (): Promise<void> => {
      for (let topic = topics.pop(); topic !== undefined; topic = topics.pop()) {
        delivered += await drainOutbox(
          services,
          { topic, attempts, firstDelayMs, ...(signal === undefined ? {} : { signal }) },
          ({ body }) => deliverEvent(services, body, options.onResult),
        );
      }
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    if (delivered === 0 || signal?.aborted === true) return;
  }
}

/** In random order: nodes start with different receivers, and none is always the last. */
function shuffled(topics: readonly string[]): string[] {
  return topics
    .map((topic) => ({ topic, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ topic }) => topic);
}
