import { defineValidator } from '#/config/validators/define-validator.ts';
import { reasonOf } from '#/config/validators/reason-of.ts';
import { checkRedis } from '#/platform/check-redis.ts';
import type { RedisTarget } from '#/platform/redis-connection.ts';

/** Both connections; a registry without Redis keeps its events within a node. */
export const redisValidator = defineValidator({
  service: 'redis',
  runsWhen: ({ redis }) => redis.buildLogs !== undefined || redis.userEvents !== undefined,
  async check({ configuration }) {
    const { buildLogs, userEvents } = configuration.redis;
    const named = [
      ['BUILDLOGS_REDIS', buildLogs],
      ['USER_EVENTS_REDIS', userEvents],
    ] as const;
    for (const [name, connection] of named) {
      if (connection === undefined) continue;
      if (typeof connection.host !== 'string' || connection.host === '') return `${name} names no host.`;
      try {
        await checkRedis([{ ...connection, host: connection.host } satisfies RedisTarget]);
      } catch (error) {
        const cause = error instanceof Error && error.cause !== undefined ? `: ${reasonOf(error.cause)}` : '';
        return `${name}: ${reasonOf(error)}${cause}`;
      }
    }
    return undefined;
  },
});
