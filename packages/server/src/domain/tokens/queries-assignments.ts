import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { NewRow } from '#/db/schema.ts';
import type { Authorization } from './queries-authorizations.ts';

/** An authorization that an administrator offers to a person, who has to approve it. */
export interface AssignedAuthorization extends Authorization {
  readonly application: Authorization['application'] & { readonly clientId: string };
  readonly redirectUri: string;
  readonly responseType: string;
}

const mostAssignments = 500;

export async function insertAssignment(db: Db, row: NewRow<'oauth_assignments'>): Promise<void> {
  await insertRow(db, 'oauth_assignments', row);
}

/** What is offered to an account, newest first; one of it when `uuid` is given. */
export async function listAssignments(
  db: Db,
  input: { readonly accountId: number; readonly uuid?: string },
): Promise<AssignedAuthorization[]> {
  const rows = await db
    .selectFrom('oauth_assignments as s')
    .innerJoin('oauth_applications as p', 'p.id', 's.application_id')
    .innerJoin('accounts as o', 'o.id', 'p.owner_id')
    .select([
      's.uuid',
      's.scope',
      's.redirect_uri as redirectUri',
      's.response_type as responseType',
      'p.client_id as clientId',
      'p.name',
      'p.description',
      'p.application_uri as url',
      'p.avatar_email as avatarEmail',
      'o.kind as ownerKind',
      'o.name as ownerName',
      'o.email as ownerEmail',
    ])
    .where('s.account_id', '=', input.accountId)
    .$if(input.uuid !== undefined, (query) => query.where('s.uuid', '=', input.uuid ?? ''))
    .orderBy('s.id', 'desc')
    .limit(mostAssignments)
    .execute();
  return rows.map((row) => ({
    uuid: row.uuid,
    scope: row.scope,
    redirectUri: row.redirectUri,
    responseType: row.responseType,
    application: {
      clientId: row.clientId,
      name: row.name,
      description: row.description,
      url: row.url,
      avatarEmail: row.avatarEmail,
      owner: { kind: row.ownerKind, name: row.ownerName, email: row.ownerEmail },
    },
  }));
}

/** False when nothing of that name is offered to the account. */
export async function deleteAssignment(db: Db, accountId: number, uuid: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('oauth_assignments')
    .where('account_id', '=', accountId)
    .where('uuid', '=', uuid)
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}
