import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';

/** The audit row of an act on an account that changes no row. */
export async function recordAccountChange(
  services: Services,
  input: {
    readonly kind: 'user_generate_client_key';
    readonly accountId: number;
    readonly performer: Performer;
  },
): Promise<void> {
  await services.database.transaction((db) => writeChangeLog(services, db, { ...input, metadata: {} }));
}
