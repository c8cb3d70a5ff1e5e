import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { deleteFederatedLogin } from './queries-federated-logins.ts';

/** The external service no longer signs this person in; nothing happens when it never did. */
export async function detachFederatedLogin(
  services: Services,
  input: {
    readonly accountId: number;
    readonly service: string;
    readonly performer?: Performer | undefined;
  },
): Promise<void> {
  const { accountId, service, performer } = input;
  await services.database.transaction(async (db) => {
    if (!(await deleteFederatedLogin(db, accountId, service))) return;
    await writeChangeLog(services, db, {
      kind: 'detach_external_login',
      accountId,
      performer,
      metadata: { service },
    });
  });
}
