import { UniqueViolationError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import {
  type Account,
  findAccountByFederatedLogin,
  getAccount,
  insertFederatedLogin,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';

/**
 * From now on the service signs this person in too; nothing happens when it does already. Throws DomainError `already_exists` when the identity
 * belongs to another account, or the account to another identity of the service.
 */
export async function attachExternalLogin(
  services: Services,
  input: {
    readonly account: Pick<Account, 'id'>;
    readonly service: string;
    readonly identifier: string;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly performer?: Performer | undefined;
  },
): Promise<void> {
  const { account, service, identifier, metadata } = input;
  const owner = await findAccountByFederatedLogin(services.database.read, service, identifier);
  if (owner?.id === account.id) return;
  if (owner !== undefined)
    throw new DomainError('already_exists', 'That login belongs to another account here.');
  try {
    await services.database.transaction(async (db) => {
      await getAccount(db, account.id);
      await insertFederatedLogin(db, account.id, { service, serviceIdentifier: identifier, metadata });
      await writeChangeLog(services, db, {
        kind: 'attach_external_login',
        accountId: account.id,
        performer: input.performer,
        metadata: { service, service_identifier: identifier },
      });
    });
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error;
    throw new DomainError(
      'already_exists',
      'Another login of that service is attached to the account already. Detach it first.',
    );
  }
}
