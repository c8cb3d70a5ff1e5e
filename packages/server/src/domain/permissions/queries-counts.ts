import type { Db } from '#/db/database.ts';

export async function countPrototypes(db: Db, organizationId: number): Promise<number> {
  const { count } = await db
    .selectFrom('permission_prototypes')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Of people, robots and teams. */
export async function countRepositoryPermissions(db: Db, repositoryId: number): Promise<number> {
  const { count } = await db
    .selectFrom('repository_permissions')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('repository_id', '=', repositoryId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
