import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGlobalMessage, deleteGlobalMessage, listGlobalMessages } from '#/domain/messages/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const message = { content: 'Down on *Sunday*', severity: 'warning', mediaType: 'text/markdown' } as const;

eachDatabase('messages of the operators', (open) => {
  test('are made, listed oldest first, and deleted', async () => {
    const services = createTestServices({ database: await open() });
    const first = await createGlobalMessage(services, message);
    const second = await createGlobalMessage(services, { ...message, severity: 'info' });
    assert.deepEqual(await listGlobalMessages(services.database.read), [first, second]);
    await deleteGlobalMessage(services, first.uuid);
    await deleteGlobalMessage(services, first.uuid);
    assert.deepEqual(await listGlobalMessages(services.database.read), [second]);
  });

  test('say something, and are few and short', async () => {
    const services = createTestServices({ database: await open() });
    for (const content of ['', ' \n', 'x'.repeat(4097)])
      await assert.rejects(createGlobalMessage(services, { ...message, content }), {
        code: 'invalid_request',
      });
    for (let index = 0; index < 100; index += 1) await createGlobalMessage(services, message);
    await assert.rejects(createGlobalMessage(services, message), { code: 'invalid_request' });
  });
});
