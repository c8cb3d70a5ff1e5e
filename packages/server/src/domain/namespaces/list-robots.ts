import { listLimits } from '#/domain/list-limits.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { robotName } from './account-names.ts';
import { findRobotRow, getRobotRow, listRobotRows } from './queries.ts';
import { type Robot, robotFromRow } from './robot.ts';

/** All robots of a user or organization by name. */
export async function listRobots(services: Services, ownerId: number): Promise<Robot[]> {
  const rows = await listRobotRows(services.database.read, ownerId, listLimits.robots);
  return rows.map((row) => robotFromRow(services, row));
}

export async function findRobot(
  services: Services,
  owner: AccountReference,
  shortName: string,
): Promise<Robot | undefined> {
  const row = await findRobotRow(services.database.read, owner.id, robotName(owner.name, shortName));
  return row && robotFromRow(services, row);
}

/** Throws DomainError `invalid_request` when the owner has no such robot. */
export async function getRobot(
  services: Services,
  owner: AccountReference,
  shortName: string,
): Promise<Robot> {
  return robotFromRow(services, await getRobotRow(services.database.read, owner, shortName));
}
