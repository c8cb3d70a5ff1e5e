import type { Db } from '#/db/database.ts';

/** An external identity that may act as a robot: who vouches for it, and its name there. */
export interface RobotFederation {
  readonly issuer: string;
  readonly subject: string;
}

/** In the order in which they were given. */
export async function listRobotFederations(db: Db, robotId: number): Promise<RobotFederation[]> {
  return db
    .selectFrom('robot_federations')
    .select(['issuer', 'subject'])
    .where('robot_id', '=', robotId)
    .orderBy('id')
    .execute();
}

export async function insertRobotFederations(
  db: Db,
  robotId: number,
  federations: readonly RobotFederation[],
): Promise<void> {
  if (federations.length === 0) return;
  await db
    .insertInto('robot_federations')
    .values(federations.map(({ issuer, subject }) => ({ robot_id: robotId, issuer, subject })))
    .execute();
}

export async function deleteRobotFederations(db: Db, robotId: number): Promise<void> {
  await db.deleteFrom('robot_federations').where('robot_id', '=', robotId).execute();
}

/** The id of the robot's federation with this identity. */
export async function findRobotFederationId(
  db: Db,
  robotId: number,
  { issuer, subject }: RobotFederation,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('robot_federations')
    .select('id')
    .where('robot_id', '=', robotId)
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.id;
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
