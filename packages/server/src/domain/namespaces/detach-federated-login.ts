import type { Services } from '#/domain/services.ts';
import { deleteFederatedLogin } from './queries-federated-logins.ts';

/** The external service no longer signs this person in; nothing happens when it never did. */
export async function detachFederatedLogin(
  services: Services,
  input: { readonly accountId: number; readonly service: string },
): Promise<void> {
  await services.database.transaction((db) => deleteFederatedLogin(db, input.accountId, input.service));
}
