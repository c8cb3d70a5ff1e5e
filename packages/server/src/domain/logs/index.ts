export type { ActionLogEntry } from './action-log-entry.ts';
export { createPullLog } from './create-pull-log.ts';
export type { LogKind } from './log-kind.ts';
export { noPerformer, type Performer, performerOf } from './performer.ts';
export type { PullLog, PullLogOptions } from './pull-log.ts';
export { writeActionLog } from './write-action-log.ts';
export { type Change, writeChangeLog } from './write-change-log.ts';
