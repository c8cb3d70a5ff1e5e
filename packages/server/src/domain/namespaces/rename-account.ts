import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { checkAccountName, robotName } from './account-names.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { refuseTakenName } from './prepare-user.ts';
import { getAccount, listRobotRows, updateAccount } from './queries.ts';
import { lockAccount } from './queries-deletion.ts';

interface Renaming {
  readonly accountId: number;
  readonly name: string;
  readonly performer?: Performer | undefined;
  /** Name of the superuser who renames an organization of others. */
  readonly superuser?: string;
}

/**
 * Renames a person or an organization, and its robots with it; repositories are found under the new name only. Throws DomainError
 * `name_invalid`, `already_exists`, `invalid_request` (a robot), `not_found`.
 */
export async function renameAccount(services: Services, input: Renaming): Promise<Account> {
  const renamed = await asAlreadyExists(`The name "${input.name}" is already taken.`, () =>
    services.database.transaction((db) => storeName(services, db, input)),
  );
  services.events.publish({ kind: 'authority-changed' });
  return renamed;
}

/** As renameAccount, inside the caller's transaction. */
export async function storeName(services: Services, db: Db, input: Renaming): Promise<Account> {
  checkAccountName(input.name);
  await lockAccount(db, input.accountId);
  const account = await getAccount(db, input.accountId);
  if (account.kind === 'robot') {
    throw new DomainError('invalid_request', 'A robot keeps its name; create another one.');
  }
  if (account.name === input.name) return account;
  await refuseTakenName(db, input.name);
  await updateAccount(db, account.id, { name: input.name });
  for (const robot of await listRobotRows(db, account.id)) {
    const shortName = robot.account.name.slice(account.name.length + 1);
    await updateAccount(db, robot.account.id, { name: robotName(input.name, shortName) });
  }
  await writeChangeLog(services, db, {
    kind: account.kind === 'user' ? 'user_change_name' : 'org_change_name',
    accountId: account.id,
    performer: input.performer,
    metadata:
      account.kind === 'user'
        ? { old_username: account.name, username: input.name }
        : {
            old_name: account.name,
            new_name: input.name,
            ...(input.superuser === undefined ? {} : { superuser: input.superuser }),
          },
  });
  return getAccount(db, account.id);
}
