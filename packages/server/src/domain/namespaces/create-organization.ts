import { insertRow } from '#/db/insert-row.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { checkAccountName } from './account-names.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { refuseEmailOfPerson } from './change-email.ts';
import { checkEmail } from './check-email.ts';
import { newAccountRow } from './new-account-row.ts';
import { refuseTakenName } from './prepare-user.ts';
import { getAccount, insertTeam, insertTeamMember } from './queries.ts';

/**
 * Creates an organization with the team `owners` (role admin), whose member is the owner. Throws DomainError `name_invalid`,
 * `invalid_request`, `already_exists` (name, or the e-mail address of a person without `FEATURE_ORG_SHARED_EMAIL`).
 */
export async function createOrganization(
  services: Services,
  input: {
    readonly name: string;
    readonly email?: string | undefined;
    readonly ownerId: number;
    readonly performer?: Performer;
  },
): Promise<Account> {
  checkAccountName(input.name);
  if (input.email !== undefined) checkEmail(input.email);
  const row = newAccountRow(services, {
    kind: 'organization',
    name: input.name,
    email: input.email ?? null,
  });
  return asAlreadyExists(`The name "${input.name}" is already taken.`, () =>
    services.database.transaction(async (db) => {
      const owner = await getAccount(db, input.ownerId);
      if (owner.kind !== 'user') {
        throw new DomainError('invalid_request', 'The owner of an organization must be a user.');
      }
      await refuseTakenName(db, input.name);
      if (input.email !== undefined) await refuseEmailOfPerson(services, db, input.email);
      const id = await insertRow(db, 'accounts', row);
      const teamId = await insertTeam(db, {
        organization_id: id,
        name: 'owners',
        role: 'admin',
        description: '',
      });
      await insertTeamMember(db, teamId, owner.id);
      await writeChangeLog(services, db, {
        kind: 'org_create',
        accountId: id,
        performer: input.performer,
        metadata: { namespace: input.name, email: input.email ?? null },
      });
      return getAccount(db, id);
    }),
  );
}
