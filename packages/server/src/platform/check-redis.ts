import { createRedisClient, placeOf, type RedisTarget } from '#/platform/redis-connection.ts';

/** Asks each Redis for an answer over a connection of its own; throws with the place of the first that gives none within some seconds. */
export async function checkRedis(targets: readonly RedisTarget[]): Promise<void> {
  const distinct = new Map(targets.map((target) => [JSON.stringify(target), target]));
  await Promise.all([...distinct.values()].map(checkOne));
}

async function checkOne(target: RedisTarget): Promise<void> {
  const client = await createRedisClient(target, { keepTrying: false });
  let reason: unknown;
  client.on('error', (error: unknown) => {
    reason = error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw new Error(`Redis at ${placeOf(target)} does not answer`, { cause: reason ?? error });
  } finally {
    client.disconnect();
  }
}
