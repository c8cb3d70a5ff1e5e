import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type InstanceKey, openInstanceKey } from '#/auth/instance-key.ts';
import { type StoredInstanceKey, writeInstanceKeyFiles } from '#/auth/instance-key-files.ts';
import type { AuthSettings } from '#/auth/settings.ts';
import { createServiceKey } from '#/domain/service-keys/index.ts';
import type { Services } from '#/domain/services.ts';

/** Settings of a registry whose key files lie in a new directory; `remove` deletes it. */
export async function createTestAuthSettings(
  overrides: Partial<AuthSettings> = {},
): Promise<{ readonly settings: AuthSettings; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'wharf-auth-'));
  return {
    settings: {
      engine: 'database',
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

let sharedKey: StoredInstanceKey | undefined;

/** An instance key that the database accepts, the same in all tests of a process, which saves making one each time. */
export async function openTestInstanceKey(services: Services, settings: AuthSettings): Promise<InstanceKey> {
  sharedKey ??= {
    kid: 'test-instance-key',
    privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  };
  const { kty, n, e } = sharedKey.privateKey.export({ format: 'jwk' });
  await createServiceKey(services, {
    kid: sharedKey.kid,
    service: settings.instanceKey.service,
    jwk: { kty, n, e },
    expiresMs: services.clock.nowMs() + settings.instanceKey.lifeSeconds * 1000,
    approval: { type: 'Automatic', approverId: null, notes: '' },
    retention: settings.instanceKey,
  });
  await writeInstanceKeyFiles(settings.instanceKey, sharedKey);
  return openInstanceKey(services, settings.instanceKey);
}
