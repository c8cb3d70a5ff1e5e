import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import { openApi } from '#/testing/api-fixture.ts';
import { startCountingPostgresql } from '#/testing/counting-postgresql.ts';
import { fillRepositories } from '#/testing/fill-repositories.ts';

/** Of the whole call, from the credentials to the answer. */
const fewerThan = 5;

test('a page of the repositories of somebody with 2,000 takes fewer than five statements', async (t) => {
  const postgresql = await startCountingPostgresql(t);
  const api = await openApi(t, { configuration: { DB_URI: postgresql.uri } });
  const { database } = api.services;
  const { id, name } = await api.createPerson('alice');
  const organization = await holdRepositories(database, id);
  const bearer = await api.tokenOf(name, ['repo:read']);
  // The sign-in of the session is no part of the call.
  await api.headersOf({ as: name });
  const details = 'last_modified=true&popularity=true';
  for (const call of [{ as: name }, { bearer }]) {
    for (const query of [`namespace=${name}`, `namespace=${organization}`, 'public=true', 'starred=true']) {
      let listed = 0;
      let next: string | undefined;
      const list = async (token = ''): Promise<void> => {
        const { status, json, text } = await api.call(
          'GET',
          `/repository?${query}&${details}&next_page=${encodeURIComponent(token)}`,
          call,
        );
        assert.equal(status, 200, text);
        listed = json.repositories.length;
        next = json.next_page;
      };
      for (const page of ['first', 'second'] as const) {
        const statements = await postgresql.statementsOf(() => list(next));
        const what = `${query}, ${page} page: ${statements.length}\n${statements.join('\n')}`;
        if (query !== 'starred=true') assert.equal(listed, 100, what);
        assert.ok(statements.length > 0 && statements.length < fewerThan, what);
      }
    }
  }
});

/** Gives the person half of 2,000 repositories, and on the other half, of an organization whose name is returned, permissions. */
async function holdRepositories(database: Database, personId: number): Promise<string> {
  const ownId = await fillRepositories(database, { count: 1000, visibility: 'private' });
  const grantedId = await fillRepositories(database, { count: 1000, visibility: 'private' });
  await database.transaction(async (db) => {
    await db
      .updateTable('repositories')
      .set({ namespace_id: personId })
      .where('namespace_id', '=', ownId)
      .execute();
    await db
      .insertInto('repository_permissions')
      .columns(['repository_id', 'account_id', 'role'])
      .expression((eb) =>
        eb
          .selectFrom('repositories')
          .select(['id', eb.val(personId).as('account_id'), eb.val('read' as const).as('role')])
          .where('namespace_id', '=', grantedId),
      )
      .execute();
  });
  const { name } = await database.read
    .selectFrom('accounts')
    .select('name')
    .where('id', '=', grantedId)
    .executeTakeFirstOrThrow();
  return name;
}
