import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import { type Account, accountFromRow } from './account.ts';

/** What an external sign-in service calls a person of this registry. */
export interface FederatedLogin {
  readonly service: string;
  readonly serviceIdentifier: string;
  readonly metadata: unknown;
}

export async function listFederatedLogins(db: Db, accountId: number): Promise<FederatedLogin[]> {
  const rows = await db
    .selectFrom('federated_logins')
    .select(['service', 'service_ident', 'metadata_json'])
    .where('account_id', '=', accountId)
    .orderBy('service')
    .execute();
  return rows.map((row) => ({
    service: row.service,
    serviceIdentifier: row.service_ident,
    metadata: JSON.parse(row.metadata_json) as unknown,
  }));
}

/** The person whom the service knows under this identifier. */
export async function findAccountByFederatedLogin(
  db: Db,
  service: string,
  serviceIdentifier: string,
): Promise<Account | undefined> {
  const row = await db
    .selectFrom('federated_logins as f')
    .innerJoin('accounts as a', 'a.id', 'f.account_id')
    .selectAll('a')
    .where('f.service', '=', service)
    .where('f.service_ident', '=', serviceIdentifier)
    .executeTakeFirst();
  return row && accountFromRow(row);
}

/** Of these identifiers of a service those that are linked, and to whom. */
export async function listLinkedAccounts(
  db: Db,
  service: string,
  identifiers: readonly string[],
): Promise<{ readonly identifier: string; readonly accountId: number }[]> {
  if (identifiers.length === 0) return [];
  return db
    .selectFrom('federated_logins')
    .select(['service_ident as identifier', 'account_id as accountId'])
    .where('service', '=', service)
    .where('service_ident', 'in', identifiers)
    .execute();
}

/** Throws UniqueViolationError when the identifier is linked already, or the account is to another one of the service. */
export async function insertFederatedLogin(
  db: Db,
  accountId: number,
  { service, serviceIdentifier, metadata }: FederatedLogin,
): Promise<void> {
  await insertRow(db, 'federated_logins', {
    account_id: accountId,
    service,
    service_ident: serviceIdentifier,
    metadata_json: JSON.stringify(metadata ?? {}),
  });
}

/** Whether there was one. */
export async function deleteFederatedLogin(db: Db, accountId: number, service: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('federated_logins')
    .where('account_id', '=', accountId)
    .where('service', '=', service)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
