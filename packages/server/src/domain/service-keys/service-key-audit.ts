import type { Db } from '#/db/database.ts';
import { type LogKind, type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { ServiceKey } from './service-key.ts';

/** Who works on a key, for the audit row; `metadata` says how (`user_agent`, `ip`, `signer_kid`). */
export interface ServiceKeyAudit {
  readonly performer: Performer;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

type Audited = Pick<ServiceKey, 'kid' | 'service' | 'name' | 'expiresMs'>;

/** Writes the audit row of a change of a key in its transaction; none for keys that nodes keep for themselves, without `audit`. */
export async function recordServiceKey(
  services: Services,
  db: Db,
  kind: Extract<LogKind, `service_key_${string}`>,
  input: {
    readonly key: Audited;
    readonly audit: ServiceKeyAudit | undefined;
    readonly more?: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { key, audit } = input;
  if (audit === undefined) return;
  await writeChangeLog(services, db, {
    kind,
    accountId: null,
    performer: audit.performer,
    metadata: {
      kid: key.kid,
      service: key.service,
      name: key.name,
      expiration_date: unixSeconds(key.expiresMs),
      ...input.more,
      ...audit.metadata,
    },
  });
}

/** Dates in audit rows and notifications are whole seconds since the epoch. */
export function unixSeconds(ms: number | null): number | null {
  return ms === null ? null : Math.floor(ms / 1000);
}
