import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convertToOrganization, createOrganization, createUser } from '#/domain/namespaces/index.ts';
import { createRepository, forgetPerson } from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

eachDatabase('a person who becomes an organization', (open) => {
  test('keeps nothing that only a person makes use of, and others keep theirs', async () => {
    const services = createTestServices({ database: await open() });
    const person = (name: string) => createUser(services, { name, password: 'correct-horse' });
    const [olga, hugo] = [await person('olga'), await person('hugo')];
    const acme = await createOrganization(services, { name: 'acme', ownerId: hugo.id });
    const { id: repositoryId } = await createRepository(services, {
      namespaceId: acme.id,
      name: 'app',
      visibility: 'private',
      creator: undefined,
    });
    await services.database.transaction(async (db) => {
      const team = await db.selectFrom('teams').select('id').executeTakeFirstOrThrow();
      for (const { id } of [olga, hugo]) {
        const row = { repository_id: repositoryId, account_id: id };
        await db
          .insertInto('repository_permissions')
          .values({ ...row, role: 'read' })
          .execute();
        await db
          .insertInto('stars')
          .values({ ...row, created_ms: 1 })
          .execute();
        const expires = { created_ms: 1, expires_ms: 1 };
        const session = { uuid: `session-${id}`, secret_hash: `hash-${id}`, account_id: id };
        await db
          .insertInto('sessions')
          .values({ ...session, ...expires, ip: null, user_agent: null, login_ms: 1, last_used_ms: 1 })
          .execute();
        for (const kind of ['confirm', 'change', 'recovery'] as const) {
          const code = { code_hash: `${kind}-${id}`, new_email: null, created_ms: 1 };
          await db
            .insertInto('email_codes')
            .values({ ...code, kind, account_id: id })
            .execute();
        }
        await db.insertInto('account_prompts').values({ account_id: id, kind: 'enter_name' }).execute();
        const prototype = { organization_id: acme.id, role: 'read' } as const;
        const delegate = { uuid: `delegate-${id}`, delegate_account_id: id };
        const activating = { uuid: `creator-${id}`, activating_account_id: id, delegate_team_id: team.id };
        await db
          .insertInto('permission_prototypes')
          .values({ ...prototype, ...delegate })
          .execute();
        await db
          .insertInto('permission_prototypes')
          .values({ ...prototype, ...activating })
          .execute();
        const invite = { team_id: team.id, inviter_id: hugo.id, code: `code-${id}`, created_ms: 1 };
        await db
          .insertInto('team_invites')
          .values({ ...invite, account_id: id })
          .execute();
      }
    });
    const counts = async (): Promise<number[]> => {
      const found: number[] = [];
      for (const table of [
        'repository_permissions',
        'stars',
        'permission_prototypes',
        'team_invites',
        'sessions',
        'email_codes',
        'account_prompts',
      ] as const) {
        found.push((await services.database.read.selectFrom(table).selectAll().execute()).length);
      }
      return found;
    };
    assert.deepEqual(await counts(), [2, 2, 4, 2, 2, 6, 2]);
    const conversion = { accountId: olga.id, administratorId: hugo.id };
    const broken = { ...conversion, forgetPerson: () => Promise.reject(new Error('broken')) };
    await assert.rejects(convertToOrganization(services, broken), /broken/);
    assert.deepEqual(await counts(), [2, 2, 4, 2, 2, 6, 2], 'all of it or nothing');
    await convertToOrganization(services, { ...conversion, forgetPerson });
    assert.deepEqual(await counts(), [1, 1, 2, 1, 1, 3, 1]);
  });
});
