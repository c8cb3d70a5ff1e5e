import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepAdministrator } from './keep-administrator.ts';
import {
  deleteMemberships,
  findTeam,
  getAccount,
  insertTeam,
  insertTeamMember,
  listAdministeredOrganizationIds,
  lockOrganization,
  updateAccount,
} from './queries.ts';
import { deleteInvitesOf } from './queries-invites.ts';

const ownersTeam = 'owners';

/** Removes what only a person makes use of, in the nouns that know of it (forgetPerson of the repositories). */
export type ForgetPerson = (db: Db, accountId: number) => Promise<void>;

interface Conversion {
  readonly forgetPerson: ForgetPerson;
  readonly accountId: number;
  readonly administratorId: number;
  readonly performer?: Performer;
}

/**
 * Turns a person into an organization that `administratorId` administers; repositories and robots stay. Throws DomainError `invalid_request` when the
 * administrator is no other person, `denied` when an organization would lose its only administrator.
 */
export async function convertToOrganization(services: Services, input: Conversion): Promise<void> {
  await services.database.transaction((db) => storeConversion(services, db, input));
  services.events.publish({ kind: 'authority-changed' });
}

/** As convertToOrganization, inside the caller's transaction. */
export async function storeConversion(services: Services, db: Db, input: Conversion): Promise<void> {
  const account = await getAccount(db, input.accountId);
  const administrator = await getAccount(db, input.administratorId);
  if (account.kind !== 'user') throw new DomainError('invalid_request', 'Only users can be converted.');
  if (administrator.kind !== 'user' || administrator.id === account.id) {
    throw new DomainError('invalid_request', 'The administrator must be another user.', {
      detail: { reason: 'invaliduser' },
    });
  }
  const organizationIds = await listAdministeredOrganizationIds(db, account.id);
  for (const id of organizationIds) await lockOrganization(db, id);
  await deleteMemberships(db, account.id);
  await deleteInvitesOf(db, account.id);
  await input.forgetPerson(db, account.id);
  for (const id of organizationIds) await keepAdministrator(db, id);
  await updateAccount(db, account.id, {
    kind: 'organization',
    password_hash: null,
    superuser: 0,
    sessions_valid_from_ms: services.clock.nowMs(),
  });
  const teamId =
    (await findTeam(db, account.id, ownersTeam))?.id ??
    (await insertTeam(db, {
      organization_id: account.id,
      name: ownersTeam,
      role: 'admin',
      description: '',
    }));
  await insertTeamMember(db, teamId, administrator.id);
  await writeChangeLog(services, db, {
    kind: 'account_convert',
    accountId: account.id,
    performer: input.performer,
    metadata: {},
  });
}
