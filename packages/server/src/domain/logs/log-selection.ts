import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { LogKind } from './log-kind.ts';
import { findAccountId } from './queries-accounts.ts';
import type { LogFilter, LogScope } from './queries-read.ts';

/** Which entries somebody wants to see. */
export interface LogSelection {
  readonly scope: LogScope;
  /** First instant that counts. */
  readonly fromMs: number;
  /** First instant that does not count any more. */
  readonly untilMs: number;
  /** Name of the user or robot who acted. */
  readonly performer?: string | undefined;
  /** Leaves out what happened to service keys: a person's log does not show the acts of operators. */
  readonly withoutServiceKeys?: boolean;
}

const serviceKeyKinds: readonly LogKind[] = [
  'service_key_create',
  'service_key_approve',
  'service_key_modify',
  'service_key_extend',
  'service_key_rotate',
  'service_key_delete',
];

/** Throws `invalid_request` for a performer whom nobody knows, and for a period that ends before it starts. */
export async function resolveSelection(db: Db, selection: LogSelection): Promise<LogFilter> {
  const { scope, fromMs, untilMs, performer } = selection;
  if (untilMs <= fromMs) {
    throw new DomainError('invalid_request', 'The end of the period must not be before its start.');
  }
  const performerId = performer === undefined ? undefined : await findAccountId(db, performer);
  if (performer !== undefined && performerId === undefined) {
    throw new DomainError('invalid_request', 'There is no user or robot with the name of the performer.');
  }
  const hiddenKinds = selection.withoutServiceKeys === true ? serviceKeyKinds : [];
  return { scope, fromMs, untilMs, performerId, hiddenKinds };
}
