import type { Db } from '#/db/database.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { type ForgetPerson, storeConversion } from './convert-to-organization.ts';
import { getAccount, insertTeam, insertTeamMember, listTeams, lockOrganization } from './queries.ts';
import { findTeamSync } from './queries-teams.ts';
import { refuseSuperuser } from './refuse-superuser.ts';

const ownersTeam = 'owners';

/**
 * Makes a superuser administrator of an organization, or turns a person into an organization that the superuser administers. Throws
 * DomainError `not_found`, and `invalid_request` for a superuser or for the only administrator of other organizations.
 */
export async function takeOwnership(
  services: Services,
  input: {
    readonly accountId: number;
    readonly superuser: Pick<Account, 'id' | 'name'>;
    readonly performer: Performer;
    readonly forgetPerson: ForgetPerson;
  },
): Promise<void> {
  const { accountId, superuser, performer } = input;
  await services.database.transaction(async (db) => {
    const account = await getAccount(db, accountId);
    refuseSuperuser(services.settings, account);
    const wasUser = account.kind === 'user';
    if (wasUser) {
      await storeConversion(services, db, {
        accountId,
        administratorId: superuser.id,
        performer,
        forgetPerson: input.forgetPerson,
      });
    } else {
      await lockOrganization(db, accountId);
      await insertTeamMember(db, await findOrMakeTeam(db, accountId), superuser.id);
    }
    await writeChangeLog(services, db, {
      kind: 'take_ownership',
      accountId: superuser.id,
      performer,
      metadata: {
        entity_id: accountId,
        namespace: account.name,
        was_user: wasUser,
        superuser: superuser.name,
      },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}

/** A team with role admin whose members no directory replaces: the owners where they are one. */
async function findOrMakeTeam(db: Db, organizationId: number): Promise<number> {
  const teams = await listTeams(db, organizationId);
  const fitting = teams
    .filter(({ role }) => role === 'admin')
    .sort((a, b) => Number(b.name === ownersTeam) - Number(a.name === ownersTeam));
  for (const { id } of fitting) if ((await findTeamSync(db, id)) === undefined) return id;
  let name = ownersTeam;
  for (let number = 2; teams.some((team) => team.name === name); number += 1) name = `${ownersTeam}${number}`;
  return insertTeam(db, { organization_id: organizationId, name, role: 'admin', description: '' });
}
