import type { Db } from '#/db/database.ts';

/** An OAuth token that a person granted, with the application that holds it. */
export interface Authorization {
  readonly uuid: string;
  readonly scope: string;
  readonly application: {
    readonly name: string;
    readonly description: string;
    readonly url: string;
    readonly avatarEmail: string | null;
    readonly owner: {
      readonly kind: 'user' | 'organization' | 'robot';
      readonly name: string;
      readonly email: string | null;
    };
  };
}

const mostAuthorizations = 500;

/** The tokens of an account that are in force, newest first; one of them when `uuid` is given. */
export async function listAuthorizations(
  db: Db,
  input: { readonly accountId: number; readonly nowMs: number; readonly uuid?: string },
): Promise<Authorization[]> {
  const rows = await db
    .selectFrom('oauth_access_tokens as t')
    .innerJoin('oauth_applications as p', 'p.id', 't.application_id')
    .innerJoin('accounts as o', 'o.id', 'p.owner_id')
    .select([
      't.uuid',
      't.scope',
      'p.name',
      'p.description',
      'p.application_uri as url',
      'p.avatar_email as avatarEmail',
      'o.kind as ownerKind',
      'o.name as ownerName',
      'o.email as ownerEmail',
    ])
    .where('t.account_id', '=', input.accountId)
    .where('t.expires_ms', '>', input.nowMs)
    .$if(input.uuid !== undefined, (query) => query.where('t.uuid', '=', input.uuid ?? ''))
    .orderBy('t.id', 'desc')
    .limit(mostAuthorizations)
    .execute();
  return rows.map((row) => ({
    uuid: row.uuid,
    scope: row.scope,
    application: {
      name: row.name,
      description: row.description,
      url: row.url,
      avatarEmail: row.avatarEmail,
      owner: { kind: row.ownerKind, name: row.ownerName, email: row.ownerEmail },
    },
  }));
}
