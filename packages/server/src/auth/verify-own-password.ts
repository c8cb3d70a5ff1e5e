import { type Account, listFederatedLogins } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import type { AuthEngine, Verification } from './engines/define-auth-engine.ts';

/** Whether there is a password that the person could give once more: in this registry, or in the directory that the account is linked to. */
export async function hasCheckedPassword(
  services: Services,
  engine: AuthEngine,
  account: Pick<Account, 'id' | 'passwordHash'>,
): Promise<boolean> {
  if (!engine.checksPasswords) return false;
  if (engine.service === undefined) return account.passwordHash !== null;
  return (await findIdentifier(services, engine.service, account.id)) !== undefined;
}

/** What the person is called where its password is checked: by the directory that it is linked to, else by its name here. */
export async function findSignInName(
  services: Services,
  engine: AuthEngine,
  account: Pick<Account, 'id' | 'name'>,
): Promise<string> {
  if (engine.service === undefined) return account.name;
  return (await findIdentifier(services, engine.service, account.id)) ?? account.name;
}

async function findIdentifier(
  services: Services,
  service: string,
  accountId: number,
): Promise<string | undefined> {
  const links = await listFederatedLogins(services.database.read, accountId);
  return links.find((link) => link.service === service)?.serviceIdentifier;
}

/** The password once more, of somebody who is signed in already. As `engine.verify`; the answer may be another account than asked about. */
export async function verifyOwnPassword(
  services: Services,
  engine: AuthEngine,
  account: Pick<Account, 'id' | 'name'>,
  password: string,
): Promise<Verification> {
  return engine.verify(await findSignInName(services, engine, account), password);
}
