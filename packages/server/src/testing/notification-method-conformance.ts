import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNotificationMethod } from '#/domain/notifications/index.ts';
import type { NotificationFixture } from '#/testing/notification-fixture.ts';

type Config = Readonly<Record<string, unknown>>;

/** What a method needs to be tried out. */
export interface MethodCase {
  readonly method: string;
  /** A configuration that works. */
  works(fixture: NotificationFixture): Promise<Config>;
  /** Configurations that are refused. */
  readonly refused: readonly Config[];
  /** Makes a delivery to the working configuration fail from now on. */
  breakReceiver(fixture: NotificationFixture): Promise<void>;
  /** How much arrived so far. */
  arrived(fixture: NotificationFixture): Promise<number>;
  /** Texts that neither errors nor what is shown may hold. */
  readonly secrets: readonly string[];
}

/** What every method of notifications keeps to. */
export function testNotificationMethod(
  { method: name, works, refused, breakReceiver, arrived, secrets }: MethodCase,
  open: () => Promise<NotificationFixture>,
): void {
  const method = findNotificationMethod(name);
  assert.ok(method !== undefined && !method.retired, name);
  const delivery = ({ repository }: NotificationFixture) =>
    ({
      id: '5d0f2f3e-8d5b-4d5c-9f5e-2b6b1f0c9a11',
      notification: { uuid: 'b0f4f0a2-3a7e-4b43-a8a3-0a3c5c1d6f00', title: null },
      repository,
      repositoryName: 'acme/app',
      event: 'repo_push',
      level: 'primary',
      summary: 'Repository acme/app has been updated',
      data: { repository: 'acme/app', updated_tags: ['v1'] },
      homepage: 'https://registry.example.com/repository/acme/app',
    }) as const;

  test(`${name}: refuses what cannot work`, async () => {
    const { services, repository } = await open();
    for (const config of [{}, ...refused])
      await assert.rejects(method.accept(services, repository, config), { code: 'invalid_request' });
  });

  test(`${name}: delivers, at least once, and shows no secret`, async () => {
    const fixture = await open();
    const { services, repository } = fixture;
    const stored = await method.accept(services, repository, await works(fixture));
    const before = await arrived(fixture);
    await method.deliver(services, delivery(fixture), stored);
    assert.equal(await arrived(fixture), before + 1);
    await method.deliver(services, delivery(fixture), stored);
    assert.ok((await arrived(fixture)) > before);
    for (const secret of secrets) {
      assert.ok(!JSON.stringify(stored).includes(secret));
      assert.ok(!JSON.stringify(method.show(stored)).includes(secret));
    }
  });

  test(`${name}: tells a failure, without secrets`, async () => {
    const fixture = await open();
    const { services, repository } = fixture;
    const stored = await method.accept(services, repository, await works(fixture));
    await breakReceiver(fixture);
    await assert.rejects(method.deliver(services, delivery(fixture), stored), (error: Error) => {
      for (const secret of secrets) assert.ok(!`${error.message} ${error.stack}`.includes(secret));
      return true;
    });
  });
}
