import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { OpsServices } from '#/ops/ops-services.ts';
import { silentLogger } from '#/platform/logger.ts';
import { judgeInstance } from './verdict.ts';

describe('judgeInstance', () => {
  const cases: [string, { database: boolean; auth?: boolean }, string | undefined, boolean, number][] = [
    ['all is well', { database: true }, 'available', true, 0],
    ['the database fails, nobody to ask', { database: false }, undefined, false, 0],
    ['the database fails, RDS is available', { database: false }, 'available', false, 1],
    ['the database fails, RDS is not available', { database: false }, 'stopped', true, 1],
    ['the database fails, RDS cannot be asked', { database: false }, 'error', true, 1],
    ['something else fails too', { database: false, auth: false }, 'stopped', false, 1],
    ['something else fails', { database: true, auth: false }, 'stopped', false, 0],
  ];
  for (const [what, { database, auth = true }, state, healthy, noteCount] of cases) {
    test(`${what}: ${healthy ? 'healthy' : 'unhealthy'}`, async () => {
      const services = {
        domain: { logger: silentLogger() },
        ...(state === undefined ? {} : { cloudDatabaseState: async () => state }),
      } as OpsServices;
      const results = new Map([
        ['database', { healthy: database }],
        ['auth', { healthy: auth }],
      ]);
      const verdict = await judgeInstance(services, results);
      assert.equal(verdict.healthy, healthy);
      assert.equal(verdict.notes.length, noteCount);
    });
  }
});
