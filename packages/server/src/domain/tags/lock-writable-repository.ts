import type { Db } from '#/db/database.ts';
import type { RepositoryState } from '#/db/schema.ts';
import { DomainError, type ErrorCode } from '#/domain/errors.ts';
import { advanceRepository } from '#/domain/repositories/index.ts';

const refusals: Readonly<Record<Exclude<RepositoryState, 'NORMAL'>, readonly [ErrorCode, string]>> = {
  READ_ONLY: ['denied', 'This repository is read-only.'],
  MIRROR: ['denied', 'This repository is a mirror; only its synchronisation writes to it.'],
  ORG_MIRROR: ['denied', 'This repository is a mirror; only its synchronisation writes to it.'],
  MARKED_FOR_DELETION: ['name_unknown', 'This repository does not exist.'],
};

/**
 * Locks the repository's row inside the transaction `db`, after the rows of blobs and before all others, and returns the number of
 * this change among the repository's events. Throws `name_unknown` and `denied` when the repository went away or stopped
 * taking writes since the request was let in.
 */
export async function lockWritableRepository(db: Db, repositoryId: number): Promise<number> {
  const row = await advanceRepository(db, repositoryId);
  if (row === undefined) throw new DomainError('name_unknown', 'This repository does not exist.');
  if (row.state === 'NORMAL') return row.eventNumber;
  const [code, message] = refusals[row.state];
  throw new DomainError(code, message);
}
