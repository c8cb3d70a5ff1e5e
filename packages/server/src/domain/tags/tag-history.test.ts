import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTagName } from '@wharf/oci';
import {
  deleteTag,
  type ListedTag,
  listAliveTags,
  listTagHistory,
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
      for (const limit of [1, 2, 3]) {
        const byNumber: string[] = [];
        const byPosition: string[] = [];
        let after: ListedTag | undefined;
        for (let skip = 0; skip < expected.length; skip += limit) {
          byNumber.push(...names(await list({ onlyAlive, skip, limit })));
          const page = await list({ onlyAlive, after, limit });
          byPosition.push(...names(page));
          after = page.at(-1);
        }
        assert.deepEqual([byNumber, byPosition], [expected, expected], `limit ${limit}`);
      }
    }
    const [newest] = await list({ limit: 1 });
    assert.equal(newest?.endMs, null);
    assert.equal(newest?.isReversion, false);
    assert.equal(typeof newest?.layersSizeBytes, 'number');
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
