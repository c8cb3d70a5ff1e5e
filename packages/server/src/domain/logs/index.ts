export type { ActionLogEntry } from './action-log-entry.ts';
export { createPullLog } from './create-pull-log.ts';
export type { LogKind } from './log-kind.ts';
export { type Performer, performerOf } from './performer.ts';
export type { PullLog } from './pull-log.ts';
export { writeActionLog } from './write-action-log.ts';
export { writeChangeLog } from './write-change-log.ts';
