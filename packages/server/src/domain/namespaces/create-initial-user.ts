import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { canCreateInitialUser } from './can-create-initial-user.ts';
import { type NewUser, prepareUser, storeUser } from './prepare-user.ts';
import { claimFirstUser, hasUsers } from './queries.ts';

export interface InitialUser<Extra> extends Pick<NewUser, 'name' | 'email' | 'password'> {
  readonly ip: string | null;
  /** Rows that belong to the user, written in the same transaction. */
  readonly alongside: (db: Db, user: Account) => Promise<Extra>;
}

/**
 * Creates the superuser of a registry that never had a user: of concurrent calls one wins, and it is closed for ever after. Throws
 * DomainError `invalid_request` once a user exists, and as createUser.
 */
export async function createInitialUser<Extra>(
  services: Services,
  input: InitialUser<Extra>,
): Promise<{ user: Account; extra: Extra }> {
  if (!(await canCreateInitialUser(services))) throw closed();
  const row = await prepareUser(services, { ...input, superuser: true });
  return asAlreadyExists('The user name or e-mail address is already in use.', () =>
    services.database.transaction(async (db) => {
      if (!(await claimFirstUser(db)) || (await hasUsers(db))) {
        throw closed();
      }
      const user = await storeUser(services, db, row, { accountId: null, ip: input.ip, metadata: {} });
      return { user, extra: await input.alongside(db, user) };
    }),
  );
}

function closed(): DomainError {
  return new DomainError('invalid_request', 'The first user was already created; sign in instead.');
}
