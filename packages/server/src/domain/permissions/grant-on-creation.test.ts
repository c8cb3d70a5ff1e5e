import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrganization, createTeam, createUser } from '#/domain/namespaces/index.ts';
import {
  createPrototype,
  deletePrototype,
  listPrototypes,
  listRepositoryPermissions,
  setPrototypeRole,
} from '#/domain/permissions/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

eachDatabase('default permissions', (open) => {
  test('apply to new repositories, those of the creator first, and never lower the creator', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const bob = await createUser(services, { name: 'bob' });
    await createUser(services, { name: 'carol' });
    const { id: organizationId } = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    await createTeam(services, { organizationId, name: 'readers', role: 'member' });
    const readers = { kind: 'team', name: 'readers' } as const;
    const carol = { kind: 'user', name: 'carol' } as const;
    const general = await createPrototype(services, { organizationId, delegate: readers, role: 'write' });
    await createPrototype(services, {
      organizationId,
      delegate: readers,
      role: 'read',
      activatingUser: 'alice',
    });
    await createPrototype(services, { organizationId, delegate: carol, role: 'read' });
    await createPrototype(services, {
      organizationId,
      delegate: { kind: 'user', name: 'alice' },
      role: 'read',
    });

    const create = (name: string, creator: typeof alice | undefined) =>
      createRepository(services, { namespaceId: organizationId, name, visibility: 'private', creator });
    const permissionsOf = async (id: number): Promise<string[]> =>
      (await listRepositoryPermissions(services.database.read, id)).map(
        ({ kind, name, role }) => `${kind} ${name} ${role}`,
      );

    const ofAlice = await create('of-alice', alice);
    assert.deepEqual(await permissionsOf(ofAlice.id), [
      'user alice admin',
      'user carol read',
      'team readers read',
    ]);
    const ofBob = await create('of-bob', bob);
    assert.deepEqual(await permissionsOf(ofBob.id), [
      'user alice read',
      'user bob admin',
      'user carol read',
      'team readers write',
    ]);
    const ofNobody = await create('of-nobody', undefined);
    assert.deepEqual(await permissionsOf(ofNobody.id), [
      'user alice read',
      'user carol read',
      'team readers write',
    ]);

    await setPrototypeRole(services, { organizationId, uuid: general.uuid, role: 'admin' });
    assert.equal((await listPrototypes(services.database.read, organizationId))[0]?.role, 'admin');
    await deletePrototype(services, { organizationId, uuid: general.uuid });
    await assert.rejects(deletePrototype(services, { organizationId, uuid: general.uuid }), {
      code: 'not_found',
    });
    assert.equal((await listPrototypes(services.database.read, organizationId)).length, 3);
    const later = await create('later', bob);
    assert.deepEqual(await permissionsOf(later.id), ['user alice read', 'user bob admin', 'user carol read']);
  });
});
