import { createPublicKey } from 'node:crypto';
import { DatabaseUnavailableError } from '#/db/database.ts';
import {
  createServiceKey,
  findServiceKey,
  generateServiceKeyPair,
  rsaPublicJwk,
  type ServiceKey,
  setServiceKeyExpiration,
} from '#/domain/service-keys/index.ts';
import type { Services } from '#/domain/services.ts';
import {
  lockInstanceKeyFiles,
  readInstanceKeyFiles,
  type StoredInstanceKey,
  writeInstanceKeyFiles,
} from './instance-key-files.ts';
import type { InstanceKeySettings } from './settings.ts';

/** The key with which this process signs; its public half is in the database for all nodes. */
export interface InstanceKey {
  current(): StoredInstanceKey;
  /** Throws unless the database accepts tokens of this key, for health. */
  check(): Promise<void>;
  /**
   * Moves the expiration forward; takes another key when the database no longer accepts the present one. To be called every
   * `INSTANCE_SERVICE_KEY_REFRESH` minutes in every process that holds a key.
   */
  refresh(): Promise<void>;
  /** Signs with a new key from now on; tokens of the old one stay valid until that key expires. */
  rotate(): Promise<void>;
}

/**
 * Takes over the key in the files if the database still accepts it, else makes a new one (registry-services reference E5).
 * Throws when the registry is read-only and the files hold no accepted key, since then none can be stored.
 */
export async function openInstanceKey(
  services: Services,
  settings: InstanceKeySettings,
): Promise<InstanceKey> {
  let current = await adopt(services, settings, undefined);
  if (current === undefined && services.settings.readOnly) {
    throw new Error(
      `A read-only registry cannot make a service key: ${settings.kidPath} and ${settings.privateKeyPath} must hold one that the database knows, approved and not expired.`,
    );
  }
  current ??= await replace(services, settings, undefined);
  let held = current;
  return {
    current: () => held,
    async check() {
      if ((await findAccepted(services, settings, held)) === undefined) {
        throw new Error(
          'the service key of this instance is missing in the database, not approved, or expired',
        );
      }
    },
    async refresh() {
      if (services.settings.readOnly) return;
      const accepted = await findAccepted(services, settings, held);
      if (accepted === undefined) held = await replace(services, settings, held.kid);
      else await extend(services, settings, accepted);
    },
    async rotate() {
      held = await replace(services, settings, held.kid);
    },
  };
}

async function adopt(
  services: Services,
  settings: InstanceKeySettings,
  exceptKid: string | undefined,
): Promise<StoredInstanceKey | undefined> {
  const stored = await readInstanceKeyFiles(settings);
  if (stored === undefined || stored.kid === exceptKid) return undefined;
  const accepted = await findAccepted(services, settings, stored);
  if (accepted === undefined) return undefined;
  if (!services.settings.readOnly) {
    await extend(services, settings, accepted).catch((error: unknown) => {
      // The key serves until it expires: a database without writes is no reason not to start.
      if (!(error instanceof DatabaseUnavailableError && error.readOnly)) throw error;
    });
  }
  return stored;
}

/** Another process of this node may have made the new key meanwhile: then that one serves both. */
function replace(
  services: Services,
  settings: InstanceKeySettings,
  exceptKid: string | undefined,
): Promise<StoredInstanceKey> {
  return lockInstanceKeyFiles(settings, async () => {
    const adopted = await adopt(services, settings, exceptKid);
    if (adopted !== undefined) return adopted;
    const { kid, jwk, privateKey } = await generateServiceKeyPair();
    const key = { kid, privateKey };
    await createServiceKey(services, {
      kid: key.kid,
      service: settings.service,
      jwk,
      name: `${settings.service} instance ${services.nodeId}`,
      expiresMs: expirationMs(services, settings),
      approval: { type: 'Automatic', approverId: null, notes: '' },
      retention: settings,
    });
    await writeInstanceKeyFiles(settings, key);
    return key;
  });
}

async function findAccepted(
  services: Services,
  settings: InstanceKeySettings,
  stored: StoredInstanceKey,
): Promise<ServiceKey | undefined> {
  const { service } = settings;
  const found = await findServiceKey(services.database.read, { service, kid: stored.kid });
  if (found?.approval === undefined) return undefined;
  if (found.expiresMs !== null && found.expiresMs <= services.clock.nowMs()) return undefined;
  const jwk = rsaPublicJwk(createPublicKey(stored.privateKey));
  return found.jwk.n === jwk.n && found.jwk.e === jwk.e ? found : undefined;
}

async function extend(services: Services, settings: InstanceKeySettings, key: ServiceKey): Promise<void> {
  const expiresMs = expirationMs(services, settings);
  if (key.expiresMs === null || key.expiresMs >= expiresMs) return;
  await setServiceKeyExpiration(services, { service: key.service, kid: key.kid, expiresMs });
}

function expirationMs(services: Services, settings: InstanceKeySettings): number {
  return services.clock.nowMs() + settings.lifeSeconds * 1000;
}
