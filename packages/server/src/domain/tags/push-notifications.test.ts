import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRepositoryNotification } from '#/domain/notifications/index.ts';
import { digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, encode } from '#/testing/push-fixture.ts';

eachDatabase('what a push tells', (open) => {
  test('one event for all tags of a push to each notification, numbered in the order of pushes', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository } = fixture;
    const waiting = async () => {
      const rows = await services.database.read.selectFrom('outbox').selectAll().orderBy('id').execute();
      return rows.map(({ body, event_number, repository_id }) => {
        const { event, data } = JSON.parse(body);
        return { event, tags: data.updated_tags, number: event_number, repositoryId: repository_id };
      });
    };
    await fixture.push(await fixture.makeImage(), 'unheard');
    assert.deepEqual(await waiting(), []);
    await createRepositoryNotification(services, {
      repository,
      event: 'repo_push',
      method: 'webhook',
      config: { url: 'http://receiver.example.com/' },
      eventConfig: {},
      title: null,
    });
    const image = await fixture.makeImage();
    await fixture.push(image, digestOf(encode(image)), { tags: ['a', 'b'] });
    const untagged = await fixture.makeImage();
    await fixture.push(untagged, digestOf(encode(untagged)));
    await fixture.push(await fixture.makeImage(), 'c');
    const [first, second, ...others] = await waiting();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [first?.event, first?.tags, first?.repositoryId],
      ['repo_push', ['a', 'b'], repository.id],
    );
    assert.deepEqual(second?.tags, ['c']);
    assert.ok(Number(first?.number) < Number(second?.number));
  });
});
