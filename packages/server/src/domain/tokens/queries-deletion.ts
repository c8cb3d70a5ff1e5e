import type { Db } from '#/db/database.ts';

/** Removes the OAuth applications of an account that is being deleted, with every token that was issued for them. */
export async function deleteOwnedApplications(db: Db, ownerId: number): Promise<void> {
  await db.deleteFrom('oauth_applications').where('owner_id', '=', ownerId).execute();
}
