import type { Db } from '#/db/database.ts';

/** An external identity that may act as a robot: who vouches for it, and its name there. */
export interface RobotFederation {
  readonly issuer: string;
  readonly subject: string;
  /** That its tokens must be meant for; absent: whomever. */
  readonly audience?: string | undefined;
}

/** In the order in which they were given. */
export async function listRobotFederations(db: Db, robotId: number): Promise<RobotFederation[]> {
  const rows = await db
    .selectFrom('robot_federations')
    .select(['issuer', 'subject', 'audience'])
    .where('robot_id', '=', robotId)
    .orderBy('id')
    .execute();
  return rows.map(({ issuer, subject, audience }) => ({
    issuer,
    subject,
    ...(audience === null ? {} : { audience }),
  }));
}

export async function insertRobotFederations(
  db: Db,
  robotId: number,
  federations: readonly RobotFederation[],
): Promise<void> {
  if (federations.length === 0) return;
  await db
    .insertInto('robot_federations')
    .values(
      federations.map(({ issuer, subject, audience }) => ({
        robot_id: robotId,
        issuer,
        subject,
        audience: audience ?? null,
      })),
    )
    .execute();
}

export async function deleteRobotFederations(db: Db, robotId: number): Promise<void> {
  await db.deleteFrom('robot_federations').where('robot_id', '=', robotId).execute();
}

/** The robot's federation with this identity. */
export async function findRobotFederation(
  db: Db,
  robotId: number,
  { issuer, subject }: { readonly issuer: string; readonly subject: string },
): Promise<{ readonly id: number; readonly audience: string | null } | undefined> {
  return db
    .selectFrom('robot_federations')
    .select(['id', 'audience'])
    .where('robot_id', '=', robotId)
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
}

export async function hasRobotFederation(db: Db, robotId: number, id: number): Promise<boolean> {
  const row = await db
    .selectFrom('robot_federations')
    .select('id')
    .where('id', '=', id)
    .where('robot_id', '=', robotId)
    .executeTakeFirst();
  return row !== undefined;
}
