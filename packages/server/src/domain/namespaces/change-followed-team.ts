import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type LogKind, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { lockOrganization } from './queries.ts';
import {
  deleteTeamMembers,
  type FollowedTeam,
  insertTeamMembers,
  isSyncUnchanged,
  listNonMembers,
  listPeopleOfTeam,
  updateTeamSync,
} from './queries-team-syncs.ts';

/** People in one transaction. */
const batchSize = 200;

/** How many came and went; undefined when somebody else changed the synchronisation meanwhile, and goes on from there. */
export interface TeamChange {
  readonly added: number;
  readonly removed: number;
}

/**
 * Makes these accounts the people of a team that follows a group, in batches; robots stay. Whoever begins takes the optimistic lock, so that of
 * several nodes only the one that read the group last goes on; one that ends half-way leaves the team stale, and the next goes on. With
 * `keepsUnlinked` people who are not linked to the service stay.
 */
export async function changeFollowedTeam(
  services: Services,
  team: FollowedTeam,
  input: {
    readonly service: string;
    readonly accountIds: ReadonlySet<number>;
    readonly keepsUnlinked: boolean;
  },
): Promise<TeamChange | undefined> {
  const mine = { ...team, transactionId: randomUUID() };
  if (!(await stamp(services, team, { transaction_id: mine.transactionId }))) return undefined;
  const added = await addPeople(services, mine, [...input.accountIds]);
  const removed = added === undefined ? undefined : await removePeople(services, mine, input);
  if (added === undefined || removed === undefined) return undefined;
  const last_updated_ms = services.clock.nowMs();
  const ended = await stamp(services, mine, { transaction_id: randomUUID(), last_updated_ms });
  return ended ? { added, removed } : undefined;
}

function stamp(
  services: Services,
  { id: teamId, transactionId }: FollowedTeam,
  values: Parameters<typeof updateTeamSync>[2],
): Promise<boolean> {
  return services.database.transaction((db) => updateTeamSync(db, { teamId, transactionId }, values));
}

async function addPeople(
  services: Services,
  team: FollowedTeam,
  accountIds: readonly number[],
): Promise<number | undefined> {
  let added = 0;
  for (let start = 0; start < accountIds.length; start += batchSize) {
    const batch = accountIds.slice(start, start + batchSize);
    if ((await listNonMembers(services.database.read, team.id, batch)).length === 0) continue;
    const count = await change(services, team, async (db) => {
      const people = await listNonMembers(db, team.id, batch);
      await insertTeamMembers(
        db,
        team.id,
        people.map(({ id }) => id),
      );
      await record(services, db, team, 'org_add_team_member', people);
      return people.length;
    });
    if (count === undefined) return undefined;
    added += count;
  }
  return added;
}

async function removePeople(
  services: Services,
  team: FollowedTeam,
  input: Parameters<typeof changeFollowedTeam>[2],
): Promise<number | undefined> {
  const { service, accountIds, keepsUnlinked } = input;
  let removed = 0;
  let afterId = 0;
  for (;;) {
    const page = { teamId: team.id, service, afterId, limit: batchSize };
    const present = await listPeopleOfTeam(services.database.read, page);
    const gone = present.filter(({ id, isLinked }) => !accountIds.has(id) && (isLinked || !keepsUnlinked));
    if (gone.length > 0) {
      const count = await change(services, team, async (db) => {
        await deleteTeamMembers(
          db,
          team.id,
          gone.map(({ id }) => id),
        );
        await record(services, db, team, 'org_remove_team_member', gone);
        return gone.length;
      });
      if (count === undefined) return undefined;
      removed += count;
    }
    const last = present.at(-1);
    if (last === undefined || present.length < batchSize) return removed;
    afterId = last.id;
  }
}

/** One transaction under the lock of the organization, as every change of a team; undefined when the optimistic lock is lost. */
async function change(
  services: Services,
  team: FollowedTeam,
  work: (db: Db) => Promise<number>,
): Promise<number | undefined> {
  try {
    const count = await services.database.transaction(async (db) => {
      await lockOrganization(db, team.organizationId);
      return (await isSyncUnchanged(db, team.id, team.transactionId)) ? work(db) : undefined;
    });
    if (count !== undefined && count > 0) services.events.publish({ kind: 'authority-changed' });
    return count;
  } catch (error) {
    // The organization was deleted meanwhile.
    if (error instanceof DomainError && error.code === 'not_found') return undefined;
    throw error;
  }
}

async function record(
  services: Services,
  db: Db,
  team: FollowedTeam,
  kind: LogKind,
  people: readonly { readonly name: string }[],
): Promise<void> {
  for (const { name } of people) {
    await writeChangeLog(services, db, {
      kind,
      accountId: team.organizationId,
      performer: undefined,
      metadata: { member: name, team: team.name },
    });
  }
}
