import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture } from '#/testing/push-fixture.ts';
import { lookUpBlob } from './index.ts';

eachDatabase('lookUpBlob', (openDatabase) => {
  test('finds an uploaded blob until its link runs out, and again after another upload', async () => {
    const { services, clock, repository, pushBlob } = await createPushFixture(await openDatabase());
    const lifetimeMs = services.settings.pushTemporaryTagExpirationSeconds * 1000;
    const { digest } = await pushBlob('layer');
    const isFound = async (repositoryId = repository.id): Promise<boolean> =>
      (await lookUpBlob(services, { repositoryId, digest })) !== undefined;

    assert.equal(await isFound(), true);
    assert.equal(await isFound(repository.id + 1), false);
    clock.advanceMs(lifetimeMs - 1);
    assert.equal(await isFound(), true);
    clock.advanceMs(1);
    assert.equal(await isFound(), false);

    await pushBlob('layer');
    assert.equal(await isFound(), true);
    clock.advanceMs(lifetimeMs - 1);
    assert.equal(await isFound(), true);
    await pushBlob('layer');
    clock.advanceMs(lifetimeMs - 1);
    assert.equal(await isFound(), true);
  });
});
