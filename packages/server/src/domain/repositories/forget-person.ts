import type { Db } from '#/db/database.ts';
import { deletePermissionsOf, deletePrototypesOf } from '#/domain/permissions/index.ts';
import { forgetSignIns } from '#/domain/sign-in/index.ts';
import { deleteStarsOf } from './queries-details.ts';

/** Takes from an account that is no person any more what only a person makes use of, inside the caller's transaction. */
export async function forgetPerson(db: Db, accountId: number): Promise<void> {
  await forgetSignIns(db, accountId);
  await deletePermissionsOf(db, accountId);
  await deletePrototypesOf(db, accountId);
  await deleteStarsOf(db, accountId);
}
