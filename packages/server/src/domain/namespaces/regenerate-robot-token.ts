import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { getRobotRow, updateRobotToken } from './queries.ts';
import { type Robot, robotFromRow, robotTokenLength } from './robot.ts';

/** Gives a robot a new token; the old one stops at once. Throws DomainError `invalid_request` (no such robot). */
export async function regenerateRobotToken(
  services: Services,
  input: {
    readonly owner: AccountReference;
    readonly shortName: string;
    readonly performer?: Performer;
  },
): Promise<Robot> {
  const tokenEncrypted = services.secretBox.encrypt(randomText(robotTokenLength));
  const row = await services.database.transaction(async (db) => {
    const robot = await getRobotRow(db, input.owner, input.shortName);
    await updateRobotToken(db, robot.account.id, tokenEncrypted);
    await writeChangeLog(services, db, {
      kind: 'regenerate_robot_token',
      accountId: input.owner.id,
      performer: input.performer,
      metadata: { robot: input.shortName },
    });
    return { ...robot, tokenEncrypted };
  });
  services.events.publish({ kind: 'authority-changed' });
  return robotFromRow(services, row);
}
