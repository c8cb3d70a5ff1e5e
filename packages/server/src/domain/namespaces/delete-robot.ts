import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { deleteAccountRow, getRobotRow } from './queries.ts';

/** Removes a robot with its permissions and memberships. Throws DomainError `invalid_request` (no such robot). */
export async function deleteRobot(
  services: Services,
  input: {
    readonly owner: AccountReference;
    readonly shortName: string;
    readonly performer?: Performer;
  },
): Promise<void> {
  await services.database.transaction(async (db) => {
    const robot = await getRobotRow(db, input.owner, input.shortName);
    await deleteAccountRow(db, robot.account.id);
    await writeChangeLog(services, db, {
      kind: 'delete_robot',
      accountId: input.owner.id,
      performer: input.performer,
      metadata: { robot: input.shortName },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
