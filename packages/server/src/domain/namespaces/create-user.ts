import type { Performer } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { type NewUser, prepareUser, storeUser } from './prepare-user.ts';

/** Throws DomainError `name_invalid`, `invalid_request` (password, e-mail), `already_exists` (name, e-mail). */
export async function createUser(
  services: Services,
  input: NewUser & { readonly performer?: Performer },
): Promise<Account> {
  const row = await prepareUser(services, input);
  return asAlreadyExists('The user name or e-mail address is already in use.', () =>
    services.database.transaction((db) => storeUser(services, db, row, input.performer)),
  );
}
