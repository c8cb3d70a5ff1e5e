import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthSettings } from './settings.ts';

/** Settings of a registry whose key files lie in a new directory; `remove` deletes it. */
export async function createTestAuthSettings(
  overrides: Partial<AuthSettings> = {},
): Promise<{ readonly settings: AuthSettings; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'wharf-auth-'));
  return {
    settings: {
      engine: 'Database',
      secretKey: Buffer.alloc(32, 7),
      registryTokenMaximumLifeSeconds: 3660,
      instanceKey: {
        service: 'quay',
        kidPath: join(directory, 'quay.kid'),
        privateKeyPath: join(directory, 'quay.pem'),
        lifeSeconds: 120 * 60,
        unapprovedKeyLifeSeconds: 86_400,
        expiredKeyLifeSeconds: 604_800,
      },
      ...overrides,
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
