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
    .selectFrom('robot_federations as f')
    .leftJoin('robot_federation_audiences as a', 'a.federation_id', 'f.id')
    .select(['f.issuer', 'f.subject', 'a.audience'])
    .where('f.robot_id', '=', robotId)
    .orderBy('f.id')
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
    .values(federations.map(({ issuer, subject }) => ({ robot_id: robotId, issuer, subject })))
    .execute();
  const stored = await db
    .selectFrom('robot_federations')
    .select(['id', 'issuer', 'subject'])
    .where('robot_id', '=', robotId)
    .execute();
  const audiences = stored.flatMap(({ id, issuer, subject }) => {
    const given = federations.find((one) => one.issuer === issuer && one.subject === subject);
    return given?.audience === undefined ? [] : [{ federation_id: id, audience: given.audience }];
  });
  if (audiences.length > 0) await db.insertInto('robot_federation_audiences').values(audiences).execute();
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
    .selectFrom('robot_federations as f')
    .leftJoin('robot_federation_audiences as a', 'a.federation_id', 'f.id')
    .select(['f.id', 'a.audience'])
    .where('f.robot_id', '=', robotId)
    .where('f.issuer', '=', issuer)
    .where('f.subject', '=', subject)
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
