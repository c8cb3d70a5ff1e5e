import { key, section } from '#/config/key.ts';
import { anything, integer, nonEmptyText, optional, required, shape, text } from '#/config/value-types.ts';

const redisConnection = shape({
  host: required(nonEmptyText),
  port: optional(integer(1, 65_535)),
  password: optional(text),
  db: optional(integer(0)),
  ssl: optional(anything),
});

export const redisSection = section('Redis', {
  userEvents: key('USER_EVENTS_REDIS', redisConnection, {
    defaultText: 'events stay in the process',
    since: '2.9',
    summary: 'Redis that carries events between nodes: `host`, `port` (6379), `password`, `db`, `ssl`.',
  }),
  buildLogs: key('BUILDLOGS_REDIS', redisConnection, {
    later: true,
    defaultText: 'build logs stay in the process',
    since: '2.9',
    summary: 'Redis that holds running build logs; same shape.',
  }),
  userEventsHostname: key('USER_EVENTS_REDIS_HOSTNAME', nonEmptyText, {
    since: '2.9 (not in its guide)',
    summary: 'Old form with a host only, used when the object is missing.',
  }),
  buildLogsHostname: key('BUILDLOGS_REDIS_HOSTNAME', nonEmptyText, {
    later: true,
    since: '2.9 (not in its guide)',
    summary: 'Old form with a host only, used when the object is missing.',
  }),
});
