import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTagName } from '@wharf/oci';
import {
  deleteTag,
  type ListedTag,
  listAliveTags,
  listTagHistory,
  permanentlyDeleteTag,
  type TagHistoryPage,
} from '#/domain/tags/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, type PushFixture } from '#/testing/push-fixture.ts';

const names = (tags: readonly ListedTag[]): string[] => tags.map(({ name }) => name);

/** Pushed one after the other: v1, v2, then at one instant b and a; v1 again, and v2 deleted. */
async function pushHistory(fixture: PushFixture): Promise<void> {
  const image = await fixture.makeImage();
  const other = await fixture.makeImage();
  await fixture.push(image, 'v1');
  fixture.clock.advanceMs(10);
  await fixture.push(image, 'V_2');
  fixture.clock.advanceMs(10);
  const { digest } = await fixture.push(image, 'b');
  await fixture.push(image, digest, { tags: ['a'] });
  fixture.clock.advanceMs(10);
  await fixture.push(other, 'v1');
  const { services, repository, performer } = fixture;
  await deleteTag(services, { repository, tag: parseTagName('V_2'), performer });
}

eachDatabase('listTagHistory', (open) => {
  test('newest start first, then by name; dead rows unless only alive ones are wanted', async () => {
    const fixture = await createPushFixture(await open());
    await pushHistory(fixture);
    const { services, repository, clock } = fixture;
    const list = (page: Partial<TagHistoryPage> = {}) =>
      listTagHistory(services.database.read, {
        repositoryId: repository.id,
        onlyAlive: false,
        nowMs: clock.nowMs(),
        limit: 100,
        ...page,
      });
    const all = ['v1', 'a', 'b', 'V_2', 'v1'];
    const alive = ['v1', 'a', 'b'];
    for (const [page, expected] of [
      [{}, all],
      [{ onlyAlive: true }, alive],
      [{ names: { is: 'v1' } }, ['v1', 'v1']],
      [{ names: { is: 'v1' }, onlyAlive: true }, ['v1']],
      [{ names: { is: 'V1' } }, []],
      [{ names: { contains: 'V' } }, ['v1', 'V_2', 'v1']],
      [{ names: { contains: '_' } }, ['V_2']],
      [{ names: { contains: '%' } }, []],
      [{ names: { contains: '!' } }, []],
      [{ limit: 0 }, []],
      [{ nowMs: clock.nowMs() + 1, repositoryId: repository.id + 1 }, []],
    ] as const) {
      assert.deepEqual(names(await list(page)), expected, JSON.stringify(page));
    }
    for (const onlyAlive of [false, true]) {
      const expected = onlyAlive ? alive : all;
      for (const [limit, cheapSkip] of [
        [1, 100],
        [2, 100],
        [3, 100],
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 0],
      ] as const) {
        const byNumber: string[] = [];
        const byPosition: string[] = [];
        let after: ListedTag | undefined;
        for (let skip = 0; skip < expected.length; skip += limit) {
          byNumber.push(...names(await list({ onlyAlive, skip, limit, cheapSkip })));
          const page = await list({ onlyAlive, after, limit });
          byPosition.push(...names(page));
          after = page.at(-1);
        }
        assert.deepEqual([byNumber, byPosition], [expected, expected], `limit ${limit}, ${cheapSkip} cheap`);
        assert.deepEqual(await list({ onlyAlive, skip: expected.length, limit, cheapSkip }), []);
        assert.deepEqual(await list({ onlyAlive, skip: 1e9, limit, cheapSkip }), []);
      }
    }
    const [newest] = await list({ limit: 1 });
    assert.equal(newest?.endMs, null);
    assert.equal(newest?.isReversion, false);
    assert.equal(typeof newest?.layersSizeBytes, 'number');
  });

  test('deep pages are found from the oldest row, by a number that is counted anew where it is missing', async () => {
    const fixture = await createPushFixture(await open());
    await pushHistory(fixture);
    const { services, repository, clock, performer } = fixture;
    const { database } = services;
    const deep = async (page: Partial<TagHistoryPage> = {}) =>
      names(
        await listTagHistory(database.read, {
          repositoryId: repository.id,
          onlyAlive: false,
          nowMs: clock.nowMs(),
          limit: 2,
          skip: 3,
          cheapSkip: 0,
          ...page,
        }),
      );
    const set = (visible: number) =>
      database.transaction((db) =>
        db.updateTable('tag_counts').set({ visible }).where('repository_id', '=', repository.id).execute(),
      );
    const count = async () =>
      (await database.read.selectFrom('tag_counts').selectAll().executeTakeFirst())?.visible;
    assert.equal(await count(), 5);
    assert.deepEqual(await deep(), ['V_2', 'v1']);
    await set(4);
    assert.deepEqual(await deep(), ['v1'], 'the number decides');
    assert.deepEqual(await deep({ cheapSkip: 3 }), ['V_2', 'v1'], 'not where little is passed over');
    await database.transaction((db) => db.deleteFrom('tag_counts').execute());
    assert.deepEqual(await deep(), ['V_2', 'v1']);
    clock.advanceMs(10);
    await fixture.push(await fixture.makeImage(), 'v3');
    assert.equal(await count(), 6);
    await permanentlyDeleteTag(services, {
      repository,
      tag: parseTagName('v3'),
      which: 'alive',
      withChildren: false,
      performer,
    });
    assert.equal(await count(), 5);
    assert.deepEqual(await deep(), ['V_2', 'v1']);
  });

  test('alive ones by name, as many as asked for', async () => {
    const fixture = await createPushFixture(await open());
    await pushHistory(fixture);
    const { services, repository, clock } = fixture;
    const list = (limit: number) =>
      listAliveTags(services.database.read, { repositoryId: repository.id, nowMs: clock.nowMs(), limit });
    assert.deepEqual(names(await list(10)), ['a', 'b', 'v1']);
    assert.deepEqual(names(await list(2)), ['a', 'b']);
  });
});
