import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Team } from './queries.ts';
import { findTeamSync } from './queries-teams.ts';

/** Throws DomainError `invalid_request` when the people of the team follow a group of a directory. */
export async function refuseSynced(db: Db, team: Pick<Team, 'id' | 'name'>): Promise<void> {
  if ((await findTeamSync(db, team.id)) === undefined) return;
  throw new DomainError(
    'invalid_request',
    `The members of "${team.name}" follow a group of the directory; only robots are added or removed by hand.`,
  );
}
