import type { Services } from '#/domain/services.ts';
import { type AppToken, findAppTokenRow } from './queries.ts';

/** A token of the account with its text in clear, for its owner only. */
export async function findAppToken(
  services: Services,
  accountId: number,
  uuid: string,
): Promise<(AppToken & { readonly token: string }) | undefined> {
  const row = await findAppTokenRow(services.database.read, accountId, uuid);
  if (row === undefined) return undefined;
  const { tokenName, secretEncrypted, ...token } = row;
  return { ...token, token: tokenName + services.secretBox.decrypt(secretEncrypted) };
}
