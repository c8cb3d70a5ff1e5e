import type { Db } from '#/db/database.ts';
import { listLimits } from '#/domain/list-limits.ts';
import type { Services } from '#/domain/services.ts';
import { listRobotRows } from './queries.ts';
import { listRobotMemberships } from './queries-teams.ts';

export interface RobotSummary {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly createdMs: number;
  readonly lastAccessedMs: number | null;
  /** In clear; only when asked for. */
  readonly token?: string;
}

/** The first robots of a user or organization by name; undefined limit: all, of which there are at most so many. */
export async function listRobotSummaries(
  services: Services,
  ownerId: number,
  options: { readonly limit: number | undefined; readonly withTokens: boolean },
): Promise<RobotSummary[]> {
  const limit = Math.min(options.limit ?? listLimits.robots, listLimits.robots);
  const rows = await listRobotRows(services.database.read, ownerId, limit);
  return rows.map(({ account, description, tokenEncrypted }) => ({
    id: account.id,
    name: account.name,
    description,
    createdMs: account.createdMs,
    lastAccessedMs: account.lastAccessedMs,
    ...(options.withTokens ? { token: services.secretBox.decrypt(tokenEncrypted) } : {}),
  }));
}

/** Robot id -> names of its teams, for the robots of one owner up to the name `through`. */
export async function listRobotTeams(
  db: Db,
  ownerId: number,
  through: string,
): Promise<ReadonlyMap<number, readonly string[]>> {
  const teams = new Map<number, string[]>();
  for (const { robotId, team } of await listRobotMemberships(db, ownerId, through)) {
    teams.set(robotId, [...(teams.get(robotId) ?? []), team]);
  }
  return teams;
}
